// Made from backend/openapi.json by `npm run types`. Not to be edited by hand.
export interface paths {
    "/api/areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The areas directly under another, by code; the districts where none is named. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    /** @description Code of what contains them; else districts */
                    parent?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AreaPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/areas/{area_code}/stickers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                area_code: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the A4 sheets of an area made by a background job, whose result is the PDF. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    area_code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/areas/{area_code}/stickers.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                area_code: string;
            };
            cookie?: never;
        };
        /** A4 sheets with the stickers of a village; of more than a township, ask for them (POST …/stickers). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    area_code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bind oneself to the house whose code was scanned, by one's phone or by name and last six of the ID number.
         * @description Five wrong guesses a day and person; after twenty at one house by anybody the house is told, and proof by identity
         *     rests there for the day. Proof by phone stays open.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Binding"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A day's round within one's company, area or household. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    /** @description Today if not given */
                    day?: string | null;
                    area_code?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RoundStopPage"];
                    };
                };
            };
        };
        put?: never;
        /** Hold one place for a household (2); a network's households are told their stage instead. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BookingRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BookingAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                booking_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the place back, to the eve. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    booking_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Booking"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking_id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                booking_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change to another slot, to the eve. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    booking_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BookingMove"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BookingAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The campaigns of one's area. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CampaignPage"];
                    };
                };
            };
        };
        put?: never;
        /** Editor: draft a campaign; the answer tells how many people it can reach. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CampaignRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/{campaign_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaign_id: string;
            };
            cookie?: never;
        };
        /** One campaign, how many it can reach and has reached. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    campaign_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/{campaign_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaign_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Releaser: release another's draft; the worker delivers it. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    campaign_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/campaigns/{campaign_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                campaign_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Releaser: stop a draft, or a delivery under way. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    campaign_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Campaign"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/client-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The day it is, the hotline and, in the demo only, where the stand-in answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ClientSettings"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The companies of the programme, or those of one kind. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    kind?: "contractor" | "fuel_supplier" | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CompanyPage"];
                    };
                };
            };
        };
        put?: never;
        /** Register a company with what it does (8.4). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompanyRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Company"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contracts/{contract_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                contract_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a contract with its reason, so that another may be signed. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    contract_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contract"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own thread, the newest first: of the household named, else of the one spoken of last. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    household_id?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConversationEntryPage"];
                    };
                };
            };
        };
        put?: never;
        /** Write something; the answer comes with it. What changes something ends in a card to confirm. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Said"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exchange"];
                    };
                };
                /** @description Of danger, while the database is away: kept */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptWords"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversation/cards/{card_id}/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                card_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do what the card says, once; what the action refuses is said in the thread, and the card stays open. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    card_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfirmedCard"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversation/cards/{card_id}/dismissal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                card_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the card away without doing anything. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    card_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exchange"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many houses of an area stand where, and of each area below it. */
        get: {
            parameters: {
                query?: {
                    /** @description The caller's only area, if not given */
                    area_code?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Desk"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/households": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The houses of an area that something waits at, each with its reasons; ``to_call`` the most urgent first. */
        get: {
            parameters: {
                query: {
                    limit?: number;
                    cursor?: string | null;
                    area_code?: string | null;
                    kind: "to_confirm" | "sent_back" | "to_lock" | "locked" | "to_call" | "cold" | "unreachable";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeskRowPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/desk/walk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All houses of a village in walking order, in few bytes: for a phone that will lose its signal. */
        get: {
            parameters: {
                query?: {
                    /** @description The caller's only area, if not given */
                    area_code?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Walk"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/eligibility/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask whether a party counts as a household of its own (5), what is missing, and what would change it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StandingQuestion"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Standing"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fault-reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report danger or no heat with nothing but the sticker's code, signed in or not; the answer tells nothing of the house. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DoorReport"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DoorAnswer"];
                    };
                };
                /** @description While the database is away: kept */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Faults of one's households, areas or company, the newest first. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    state?: "reported" | "reopened" | "dispatched" | "arrived" | "done" | "closed" | null;
                    open?: boolean | null;
                    category?: "no_heat" | "co" | "smoke" | "leaking" | "electric_shock" | "noise" | "equipment" | "other" | null;
                    severity?: "critical" | "urgent" | "ordinary" | null;
                    household_id?: string | null;
                    area_code?: string | null;
                    /** @description Those sent to me as repairer */
                    mine?: boolean | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FaultPage"];
                    };
                };
            };
        };
        put?: never;
        /** Report a fault of a household; what to do first stands first in the answer, duplicates are joined. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FaultRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportAnswer"];
                    };
                };
                /** @description Of danger, while the database is away: kept */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptReport"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        /** A fault with its reports, history, parts and heaters. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FaultFile"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/arrival": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Arrive at the door by scanning its code. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Arrival"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/closure": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close without a repair: the household withdraws, its cadre for it (marked), or the district decides. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FaultReason"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The household's word on the repair, or its cadre's (marked); not warm opens the fault again. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a repairer of the responsible enterprise (4.2.2); without a contract the township sends. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Dispatch"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/done": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what was done and which parts were put in; the household is asked to confirm. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/false-report": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End what only passers-by reported and what was found false, at the door (by scan) or by calling back.
         * @description The cadre of the village, the township or the district. The next report opens a new fault and is told as the first.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FalseReport"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/heater-returns": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A lent heater came back. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HeaterRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/heaters": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave a spare heater in the house, by serial (2). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HeaterRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the times not yet met off, with a reason that household, village and township are told. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Pause"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/phone-reveal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The numbers that reporters left to be called back at; who asked and why stands in the history. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FaultReason"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CallBacks"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faults/{fault_id}/reopening": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fault_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Not repaired, or broken again: a new round with a new clock. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fault_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Reopening"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fault"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lots with their reports, from the gate to the doors. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    state?: "untested" | "passed" | "quarantined" | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BatchPage"];
                    };
                };
            };
        };
        put?: never;
        /** Put a production lot of one's company on record. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BatchRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-batches/{fuel_batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_batch_id: string;
            };
            cookie?: never;
        };
        /** One lot. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    fuel_batch_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-batches/{fuel_batch_id}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_batch_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a batch: its houses are told, get their kilograms back, and replacements are ordered at once. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_batch_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Quarantine"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-batches/{fuel_batch_id}/test-report": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_batch_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a laboratory's report; a failed one quarantines at once, a passed one awaits a second hand. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_batch_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TestReportRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-batches/{fuel_batch_id}/test-report/decision": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_batch_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The second hand on the waiting report; with its acceptance the batch may be delivered. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_batch_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportDecision"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Batch"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-deliveries/{fuel_delivery_id}/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_delivery_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The household's word on what it received; a cadre's with a named witness where the household has no phone. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_delivery_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DeliveryAnswer"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-deliveries/{fuel_delivery_id}/correction": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_delivery_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set right what a delivery counts for, by reversal; the household confirms anew. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_delivery_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Correction"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders of one's household, areas or company; those of a village are a delivery round. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    household_id?: string | null;
                    area_code?: string | null;
                    company_id?: string | null;
                    state?: "open" | "delivered" | "cancelled" | "failed" | "closed" | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderPage"];
                    };
                };
            };
        };
        put?: never;
        /** Order subsidised fuel for a household (4.1.1.5). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrderRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-orders/{fuel_order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_order_id: string;
            };
            cookie?: never;
        };
        /** One order with its deliveries. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    fuel_order_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-orders/{fuel_order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_order_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel what has not been delivered; the kilograms go back to the entitlement. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_order_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Cancellation"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-orders/{fuel_order_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_order_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand fuel over at the household's code: batch, bags and weighed kilograms (4.1.1.5). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_order_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DeliveryRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-orders/{fuel_order_id}/failure": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fuel_order_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refused at the door, or not brought: everything to come goes back to the household and does not lapse. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    fuel_order_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fuel-supply-areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who brings fuel where. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SupplyAreaPage"];
                    };
                };
            };
        };
        put?: never;
        /** Give an area to a fuel supplier, at the grade of its contract. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SupplyAreaRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SupplyArea"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/held-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rows that are not counted until somebody settles them. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    settled?: boolean | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HeldRowPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/held-rows/{held_row_id}/settlement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                held_row_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Correct a held row and count it, or withdraw it, with a reason. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    held_row_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Settlement"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HeldRow"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The households within one's reach: one's own, one's village's, one's area's. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    area_code?: string | null;
                    path?: "district_heat" | "heat_pump" | "heat_pump_station" | "solar_plus" | "biomass" | null;
                    confirmed?: boolean | null;
                    flag?: string | null;
                    address?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** One household; ID number and phone masked. Who must scan the code at the door is not told it here. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Complete what the list left out. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Completion"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/households/{household_id}/acceptance": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a finished installation, by another than who installed it (8.4). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HouseAcceptanceRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseAcceptance"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/briefing": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Safe use was explained on the spot, by whoever stood at the door. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BriefingAtTheDoor"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/co-alarm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fit and test an alarm on the spot: installer, driver or cadre, whoever stands at the door (4.1.1.5). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlarmAtTheDoor"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resident or proxy: the entry is true. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/confirmation-on-behalf": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cadre: give the word of a household that cannot, before a named witness; marked as such. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Witness"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/contract": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the household's contract on record: plan first, then contract, then works (2). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ContractRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contract"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/contract/owner-confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner's second word on a loan or lease, after the cooling days (4.2.2). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OwnerConfirmation"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ContractAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** A household's thread, the newest first, for itself and for whoever answers it. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConversationEntryPage"];
                    };
                };
            };
        };
        put?: never;
        /** Answer in a household's thread, marked as the cadre's word; the household is told. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CadreAnswer"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConversationEntry"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/energised": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The new heating was switched on or lit, and seen running. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Energised"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/entitlement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** What a household may draw this fuel year, what it has drawn, and what stands against ordering (4.1.1.5). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Entitlement"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/fuel-ledger": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** Every movement of a household's kilograms; per year their sums are the entitlement. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LedgerEntryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/heat-confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The household says that it is warm, or that it is still cold; the latter is never refused. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HeatWord"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/home": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** Everything that a home screen shows of a household: ladder, next step, what waits, fuel, booking, fault. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Home"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/installation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /**
         * Where a household stands, with bookings, visits, devices, tests, acceptances, network stages, and its contract.
         * @description The contract is null for who has another job there: its money is the household's, its offices' and its contractor's.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Installation"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Township: lock the entry as part of the baseline. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** Who is bound to a household. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TiedPeople"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/phone-reveal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The numbers to call a household at, for a reason that the household can read. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownNumbers"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/proxies": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let somebody act for the household, found by a phone that WeChat vouched for. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Proxy"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/residents": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cadre: this person lives here. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Resident"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/reveals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** Who was shown this household's numbers, when and why, the newest first. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RevealPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/scans": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        /** As what this house's code was scanned, and when; officers also see by whom and where. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ScanEntryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/send-back": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cadre or township: take the confirmations back, with a reason that the household reads. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/stickers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a household a new code; the old sticker says that it was replaced or revoked. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Replacement"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/households/{household_id}/village-confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                household_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cadre: the village's word, given at the door by scanning its code. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    household_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OnSite"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Household"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lists sent for one's area. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportPage"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Dry run: read a list (xlsx or csv, form field ``file``) and tell what was found; nothing is taken in yet.
         * @description Above 5,000 rows a background job does it (202), whose result is the import.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["UploadForm"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Import"];
                    };
                };
                /** @description Too long to wait for: a background job does it */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        /** One list: rows by outcome, findings by code. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    import_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Import"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a checked list in; it is judged once more against what stands now.
         * @description Above 5,000 rows a background job does it (202), whose result is the import.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    import_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Import"];
                    };
                };
                /** @description Too long to wait for: a background job does it */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        /** Everything found in a list, in the order of the sheet. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    import_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FindingPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/workbook": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        /** The rows with findings as a workbook, each with its remedy in Chinese. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    import_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own notices. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    order?: "newest" | "unread_first";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox/{notice_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice_id: string;
            };
            cookie?: never;
        };
        /** One notice with what became of it on each channel. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    notice_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeHistory"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox/{notice_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mark a notice as read; the first reading counts. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    notice_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Notice"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/installed-items/{installed_item_id}/removal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                installed_item_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take an item back: wrong, broken or replaced; its record stays. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    installed_item_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstalledItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offer a role below one's own; the code is shown once and holds for seven days. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InvitationRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations/acceptance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the role that an invitation code offers. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Acceptance"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Role"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own jobs, the newest first. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        /** How far a job is, or how it ended. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/cancellation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a job; one that runs stops within seconds. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    job_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        /** What a job made, as a file; kept for a week. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    job_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in person with roles and households. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Person"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Give one's own name. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Name"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Person"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/me/homes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The houses that the caller is resident or proxy of, in short. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Homes"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that one was told: when, by which channel, with what proof. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeHistoryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take one's phone number from WeChat, on the server; the client never sends the number itself.
         * @description A code serves once, so that it is this write's key: whoever sends it again, because the answer was lost, is answered
         *     as the first time.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Phone"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Person"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages by state, newest first; a page may be short where many are elsewhere. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    /** @description What failed, if not given */
                    state?: "waiting" | "sending" | "sent" | "refused" | "unknown" | "dead" | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessagePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages/{message_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a stopped message tried once more; one whose arrival is unknown may then arrive twice. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    message_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mini-program-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The code for a poster: scanned in WeChat it opens a page of the mini-program with a scene. */
        get: {
            parameters: {
                query: {
                    /** @description A path of the mini-program, no leading slash */
                    page: string;
                    /** @description What the page is told; a household code leads home */
                    scene: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network-stages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The dated stages of an area; a household's own are in its installation. */
        get: {
            parameters: {
                query: {
                    limit?: number;
                    cursor?: string | null;
                    area_code: string;
                    path?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NetworkStagePage"];
                    };
                };
            };
        };
        put?: never;
        /** Give a stage of a village's network its owner and day, or change them while it is not done. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NetworkStageRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NetworkStage"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network-stages/{network_stage_id}/done": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                network_stage_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mark a stage done on its real day, in the plan's order. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    network_stage_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NetworkStageDone"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NetworkStage"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/outages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Village outages of one's areas or company, the newest first. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    standing?: boolean | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OutagePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/paused-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The templates that rest because the platform refused them, and its word on why. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PausedTemplates"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/paused-templates/{template_id}/resumption": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use a template again, now that its cause was mended; its waiting messages go out. Answers with what still rests. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    template_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PausedTemplates"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{person_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        /** All that a person was told: of what, when, by which channel, with what proof; not in which words. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path: {
                    person_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ToldHistoryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/photos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a photo (form field ``file``, at most 32 MB); its id then goes into the JSON of what it belongs to. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Photo"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/photos/{photo_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                photo_id: string;
            };
            cookie?: never;
        };
        /** A photo, for its uploader and for whoever may see what it belongs to. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    photo_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/programme": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plan in force for an area, or the only one. */
        get: {
            parameters: {
                query?: {
                    /** @description Any area of the county; else the first */
                    area_code?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Programme"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who holds which role within one's areas and companies. */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HeldRolePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/roles/{role_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a role below one's own, at once. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    role_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the code at a door; the answer depends on who reads it, signed in or not. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScanRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ScanAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a code of WeChat; the answer's token goes into ``Authorization: Bearer …``. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Login"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End this session; its token is worth nothing from now on. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/official-account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Send a browser within WeChat to the platform; it comes back to the login page, which asks for the session. */
        get: {
            parameters: {
                query?: {
                    /** @description A page of ours to go on with afterwards */
                    return?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: never;
        };
        put?: never;
        /** Sign in with what WeChat put into the login page's address; the answer also says which page to go on with. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PageLogin"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageSession"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The slots of an area from a day on, full ones included. */
        get: {
            parameters: {
                query: {
                    limit?: number;
                    cursor?: string | null;
                    area_code: string;
                    contractor_id?: string | null;
                    /** @description First day; today if not given */
                    from_day?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SlotPage"];
                    };
                };
            };
        };
        put?: never;
        /** Open places of one's company in a village on a half-day. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SlotRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Slot"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/slots/{slot_id}/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slot_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a slot more or fewer places, never fewer than are booked. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    slot_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SlotCapacity"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Slot"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/subscription-grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report the answers of one consent dialogue; each report counts once by its Idempotency-Key. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentReport"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Grants"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ties/{tie_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tie_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a tie; who loses it is told. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    tie_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonGiven"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Scan in at the booked house. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VisitRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Visit"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}/briefing": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Safe use was explained during a visit. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Briefing"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}/co-alarm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fit and test a carbon-monoxide alarm during a visit (4.1.1.5). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CoAlarm"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstallationStanding"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the visit: installed when the kit is complete, else partial with what is missing. */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VisitFinish"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Visit"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/visits/{visit_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record one device with its serial and figures against the plan's kit (4.1.1). */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description A random string of the client's own; the same key gives the same answer, once done. */
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InstalledItemRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InstalledItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wechat/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prove to the platform that this address is ours. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        /** A message or event of the official account; of the mini-program where there is no official account. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wechat/callback/mini-program": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same proof at the mini-program's own address. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        /** A message or event of the mini-program, for a county that has an official account beside it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Acceptance: {
            code: string;
        };
        AcceptanceChecklist: {
            /**
             * @description 住户会用、知道安全注意事项
             * @default false
             */
            explained?: boolean;
            /**
             * @description 设备与清单、编号一致
             * @default false
             */
            kit_matches?: boolean;
            /**
             * @description 现场试运行正常
             * @default false
             */
            runs?: boolean;
            /**
             * @description 安装牢固，电气、烟道安全
             * @default false
             */
            safely_fitted?: boolean;
        };
        AcceptedStandard: {
            readonly code: string;
            readonly title: string;
        };
        AdviceStep: {
            number: number;
            text: string;
        };
        AlarmAtTheDoor: {
            /** @description Scanned at the door */
            household_code: string;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default null */
            model?: string | null;
            room: string;
            serial: string;
            /** @description The test beep was heard */
            test_beep: boolean;
        };
        Answer: {
            label: string;
            value: boolean | string;
        };
        Area: {
            code: string;
            /** @enum {string} */
            level: "district" | "township" | "village";
            name: string;
            parent_code: string | null;
        };
        AreaPage: {
            items: components["schemas"]["Area"][];
            next: string | null;
        };
        Arrangement: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            co_alarm: boolean;
            code: string;
            fuel_to: string;
            label: string;
            preferred: boolean;
        };
        Arrival: {
            household_code: string;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
        };
        Batch: {
            company_id: string;
            delivered_kg: number;
            grade: string;
            id: string;
            number: string;
            passed_grade: string | null;
            /** Format: date */
            produced_on: string;
            quantity_kg: number;
            quarantined_because: string | null;
            state: string;
            test_report: components["schemas"]["TestReport"] | null;
        };
        BatchPage: {
            items: components["schemas"]["Batch"][];
            next: string | null;
        };
        BatchRequest: {
            grade: string;
            number: string;
            /** Format: date */
            produced_on: string;
            quantity_kg: number;
        };
        Binding: {
            household_code: string;
            id_last_six?: string;
            name?: string;
            /** @enum {string} */
            proof: "phone" | "identity";
        };
        Booking: {
            area_code: string;
            /** Format: date-time */
            booked_at: string;
            cancel_reason: string | null;
            contract_id: string;
            contractor_id: string;
            /** Format: date */
            day: string;
            /** Format: date-time */
            ended_at: string | null;
            half_day: string;
            household_id: string;
            id: string;
            /** Format: date-time */
            moved_at: string | null;
            on_behalf: boolean;
            slot_id: string;
            state: string;
        };
        BookingAnswer: {
            area_code: string;
            /** Format: date-time */
            booked_at: string;
            cancel_reason: string | null;
            contract_id: string;
            contractor_id: string;
            /** Format: date */
            day: string;
            /** Format: date-time */
            ended_at: string | null;
            half_day: string;
            household_id: string;
            id: string;
            /** Format: date-time */
            moved_at: string | null;
            on_behalf: boolean;
            slot_id: string;
            state: string;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
        };
        BookingMove: {
            slot_id: string;
        };
        BookingRequest: {
            household_id: string;
            slot_id: string;
        };
        Briefing: {
            /** @description Who was told, by name */
            given_to: string;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
        };
        BriefingAtTheDoor: {
            /** @description Who was told, by name */
            given_to: string;
            /** @description Scanned at the door */
            household_code: string;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
        };
        CadreAnswer: {
            text: string;
        };
        CallBack: {
            phone: string;
            report_id: string;
        };
        CallBacks: {
            phones: components["schemas"]["CallBack"][];
        };
        Campaign: {
            area_code: string;
            audience: number;
            body: string;
            /** Format: date-time */
            ended_at: string | null;
            id: string;
            path: string | null;
            reached: number;
            /** Format: date-time */
            released_at: string | null;
            released_by: string | null;
            /** @description draft, released, delivered or stopped */
            state: string;
            title: string;
            /** Format: date-time */
            written_at: string;
            written_by: string;
        };
        CampaignPage: {
            items: components["schemas"]["Campaign"][];
            next: string | null;
        };
        CampaignRequest: {
            area_code: string;
            body: string;
            /**
             * @default null
             * @enum {string|null}
             */
            path?: "district_heat" | "heat_pump" | "heat_pump_station" | "solar_plus" | "biomass" | null;
            title: string;
        };
        Cancellation: {
            reason: string;
        };
        CardResult: {
            id: string;
            kind: string;
        };
        Change: {
            /** @enum {string} */
            fact: "takes_part" | "relationship" | "living_together" | "same_courtyard" | "one_pipeline" | "separate_dwelling" | "police_register" | "own_heating" | "village_register";
            outcomes: components["schemas"]["Outcome"][];
            text: string;
            value: boolean | string;
        };
        ChannelOutcome: {
            /** Format: date-time */
            at: string;
            attempts: number;
            /** @description inbox, wechat */
            channel: string;
            /** @description Sends whose answer was lost */
            doubts: number;
            /** @description The platform's message id */
            proof: string | null;
            reason: string | null;
            reason_label: string | null;
            state: string;
            state_label: string;
        };
        Clause: {
            id: string;
            label: string;
            summary: string;
        };
        ClientSettings: {
            demo: boolean;
            hotline: string;
            /** @description Whether a page opened in WeChat can log in by GET /api/sessions/official-account */
            official_account: boolean;
            programme: string;
            sandbox_url: string | null;
            /** Format: date */
            today: string;
        };
        CoAlarm: {
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default null */
            model?: string | null;
            room: string;
            serial: string;
            /** @description The test beep was heard */
            test_beep: boolean;
        };
        CoAlarmTest: {
            id: string;
            item_id: string;
            /** Format: date-time */
            made_at: string | null;
            room: string;
            /** Format: date-time */
            tested_at: string;
        };
        Company: {
            area_code: string;
            id: string;
            kinds: string[];
            name: string;
        };
        CompanyPage: {
            items: components["schemas"]["Company"][];
            next: string | null;
        };
        CompanyRequest: {
            /** @description Where it works: this area and all below it */
            area_code: string;
            /** @description Short code, lower case letters, digits and hyphens */
            id: string;
            kinds: ("contractor" | "fuel_supplier")[];
            name: string;
        };
        Completion: {
            arrangement?: string;
            floor_area_m2?: number;
            id_number?: string;
            people?: number;
            phone?: string;
            vacant?: boolean;
        };
        Confirmation: {
            /** @default null */
            note?: string | null;
            rating: number;
            /** @description false opens the fault again */
            warm: boolean;
        };
        ConfirmedCard: {
            entries: components["schemas"]["ConversationEntry"][];
            reply: components["schemas"]["Reply"];
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
        };
        ConsentAnswer: {
            /** @enum {string} */
            outcome: "accept" | "reject";
            /** @description The template's id, as it was asked with */
            template: string;
        };
        ConsentReport: {
            reports: components["schemas"]["ConsentAnswer"][];
        };
        Contract: {
            /** Format: date */
            confirmable_from: string | null;
            contractor_id: string;
            contractor_name: string;
            end_reason: string | null;
            /** Format: date-time */
            ended_at: string | null;
            financing: string;
            household_id: string;
            id: string;
            own_share_fen: number;
            /** Format: date-time */
            owner_confirmed_at: string | null;
            owner_confirmed_on_behalf: boolean;
            photo_ids: string[];
            /** Format: date-time */
            recorded_at: string;
            /** Format: date */
            signed_on: string;
            summary: string;
            witness: string | null;
        };
        ContractAnswer: {
            /** Format: date */
            confirmable_from: string | null;
            contractor_id: string;
            contractor_name: string;
            end_reason: string | null;
            /** Format: date-time */
            ended_at: string | null;
            financing: string;
            household_id: string;
            id: string;
            own_share_fen: number;
            /** Format: date-time */
            owner_confirmed_at: string | null;
            owner_confirmed_on_behalf: boolean;
            photo_ids: string[];
            /** Format: date-time */
            recorded_at: string;
            /** Format: date */
            signed_on: string;
            summary: string;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
            witness: string | null;
        };
        ContractRequest: {
            contractor_id: string;
            /**
             * @default none
             * @enum {string}
             */
            financing?: "none" | "loan" | "lease";
            own_share_fen: number;
            photo_ids?: string[];
            /** Format: date */
            signed_on: string;
            /** @description What was signed, in plain words */
            summary: string;
        };
        ConversationCard: {
            body: string;
            /** Format: date-time */
            expires_at: string;
            household_id: string;
            id: string;
            kind: string;
            /** Format: date-time */
            made_at: string;
            page: string;
            result: components["schemas"]["CardResult"] | null;
            state: string;
            state_label: string;
            title: string;
        };
        ConversationEntry: {
            /** Format: date-time */
            at: string;
            by_name: string | null;
            card: components["schemas"]["ConversationCard"] | null;
            channel: string;
            household_id: string | null;
            id: string;
            options: components["schemas"]["ConversationOption"][];
            person_id: string;
            text: string;
            /** @description household, service or cadre */
            who: string;
        };
        ConversationEntryPage: {
            items: components["schemas"]["ConversationEntry"][];
            next: string | null;
        };
        ConversationOption: {
            key: string;
            label: string;
        };
        Correction: {
            kilograms: number;
            reason: string;
        };
        Corrections: {
            address?: string;
            courtyard?: string;
            floor_area?: string;
            head_name?: string;
            id_number?: string;
            path?: string;
            people?: string;
            phone?: string;
            police_no?: string;
            remark?: string;
            township?: string;
            village?: string;
            village_registered?: string;
        };
        Delivery: {
            bags: number;
            /** Format: date-time */
            confirmed_at: string | null;
            fuel_batch_id: string;
            fuel_order_id: string;
            household_id: string;
            id: string;
            kilograms: number;
            /** Format: date-time */
            made_at: string;
            note: string | null;
            received_kg: number | null;
            /** Format: date-time */
            recorded_at: string;
            replacement_id: string | null;
            state: string;
            weighed_kg: number;
            witness_name: string | null;
        };
        DeliveryAnswer: {
            /** @enum {string} */
            answer: "agrees" | "disputes";
            /** @default null */
            note?: string | null;
            received_kg: number;
            /** @default null */
            witness_name?: string | null;
        };
        DeliveryRequest: {
            bags: number;
            fuel_batch_id: string;
            /** @description Scanned or typed at the door */
            household_code: string;
            /** @description As weighed */
            kilograms: number;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
            /**
             * Format: date-time
             * @description When sent late
             * @default null
             */
            made_at?: string | null;
            /** @default false */
            more_to_come?: boolean;
            photo_ids?: string[];
        };
        Desk: {
            area: components["schemas"]["DeskArea"] | null;
            /** @description The caller's own areas; with several the client asks for one of them */
            areas: components["schemas"]["DeskArea"][];
            /** @description Townships of a district, villages of a township */
            below: components["schemas"]["DeskAreaCounts"][];
            counts: components["schemas"]["DeskCounts"] | null;
        };
        DeskArea: {
            code: string;
            /** @description district, township or village */
            level: string;
            name: string;
        };
        DeskAreaCounts: {
            code: string;
            counts: components["schemas"]["DeskCounts"];
            name: string;
        };
        DeskCounts: {
            /** @description Houses without heat tonight, as far as anybody said */
            cold: number;
            /** @description With the household's own word */
            confirmed_by_household: number;
            /** @description With the village's word */
            confirmed_by_village: number;
            /** @description Houses whose report of danger nobody has answered */
            danger: number;
            /** @description Deliveries whose kilograms are disputed */
            disputed_deliveries: number;
            /** @description Imported rows that wait to be settled */
            held_rows: number;
            /** @description Active households */
            households: number;
            /** @description Locked by the township */
            locked: number;
            /** @description Faults that are open */
            open_faults: number;
            /** @description Sent back, not confirmed anew */
            sent_back: number;
            /** @description Houses that a telephone call must reach */
            to_call: number;
            /** @description Without the village's word, not locked */
            to_confirm: number;
            /** @description With both words, not locked */
            to_lock: number;
            /** @description Nobody is tied to it */
            unreachable: number;
        };
        DeskHousehold: {
            address: string;
            area_code: string;
            code: string | null;
            /** Format: date-time */
            confirmed_by_household_at: string | null;
            /** Format: date-time */
            confirmed_by_village_at: string | null;
            flags: string[];
            head_name: string;
            id: string;
            /** Format: date-time */
            locked_at: string | null;
            path: string;
            path_label: string;
            people: number | null;
            phone_masked: string | null;
            sent_back_reason: string | null;
        };
        DeskReason: {
            code: string;
            /** Format: date-time */
            since: string | null;
            text: string;
        };
        DeskRow: {
            household: components["schemas"]["DeskHousehold"];
            /** @description The most urgent first */
            reasons: components["schemas"]["DeskReason"][];
        };
        DeskRowPage: {
            items: components["schemas"]["DeskRow"][];
            next: string | null;
        };
        Dispatch: {
            /**
             * @description Where there is no contract
             * @default null
             */
            company_id?: string | null;
            person_id: string;
        };
        Done: {
            parts?: components["schemas"]["Part"][];
            photo_ids?: string[];
            work: string;
        };
        DoorAnswer: {
            /** @description What to do first: to be shown before anything else */
            advice: components["schemas"]["AdviceStep"][];
            hotline: string;
            message: string;
            photos_left_out: number;
            /** @description Which, and why; the first 30 of them */
            photos_not_kept: components["schemas"]["PhotoNotKept"][];
            report_id: string;
            /** @description Where to be warm tonight */
            tonight: components["schemas"]["AdviceStep"][];
        };
        DoorReport: {
            /** @enum {string} */
            category: "co" | "no_heat" | "smoke" | "electric_shock";
            /** @default null */
            description?: string | null;
            /** @description Typed code, or the sticker's address */
            household_code: string;
            /**
             * @description To be called back
             * @default null
             */
            phone?: string | null;
            photo_ids?: string[];
        };
        Energised: {
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
        };
        Entitlement: {
            bag_kg: number;
            delivered_kg: number;
            /** @description To be recovered */
            excess_kg: number;
            /** Format: date */
            first_day: string;
            household_id: string;
            /** Format: date */
            last_day: string;
            left_kg: number;
            limit_clause: string;
            limit_kg: number;
            /** Format: date */
            next_begins: string;
            open: boolean;
            owed_earlier_kg: number;
            /** @description Of what is left: does not lapse */
            owed_kg: number;
            reasons: components["schemas"]["Reason"][];
            reserved_kg: number;
            year: string;
        };
        Exchange: {
            entries: components["schemas"]["ConversationEntry"][];
            reply: components["schemas"]["Reply"];
        };
        Failure: {
            /** @enum {string} */
            cause: "supplier" | "road" | "nobody_home" | "refused" | "bad_fuel";
            /** @default null */
            note?: string | null;
        };
        FalseReport: {
            /**
             * @description Been at the door, or called back
             * @enum {string}
             */
            checked: "on_site" | "called_back";
            /**
             * @description At the door: the sticker's code
             * @default null
             */
            household_code?: string | null;
            reason: string;
        };
        Fault: {
            address: string;
            /** Format: date-time */
            answer_due_at: string;
            /** Format: date-time */
            answered_at: string | null;
            area_code: string;
            /** Format: date-time */
            arrived_at: string | null;
            /** @enum {string} */
            category: "no_heat" | "co" | "smoke" | "leaking" | "electric_shock" | "noise" | "equipment" | "other";
            category_label: string;
            closed_as: string | null;
            /** Format: date-time */
            closed_at: string | null;
            contractor_id: string | null;
            contractor_name: string | null;
            /** @description One of many that passers-by reported within minutes; listed after the others */
            flood: boolean;
            household_id: string;
            id: string;
            /** @description answer, on_site, restore: past their time */
            late: string[];
            /** @description Whose turn it is */
            next: string;
            /** Format: date-time */
            on_site_due_at: string;
            outage_id: string | null;
            /** Format: date-time */
            paused_until: string | null;
            rating: number | null;
            reasons: components["schemas"]["Reason"][];
            repairer_id: string | null;
            repairer_name: string | null;
            /** Format: date-time */
            reported_at: string;
            reports: number;
            /** @description Of these, how many have no line in the file: too many in one hour */
            reports_only_counted: number;
            /** Format: date-time */
            restore_due_at: string;
            /** Format: date-time */
            restored_at: string | null;
            /** @description 0, and one more for each reopening */
            round: number;
            /** @enum {string} */
            severity: "critical" | "urgent" | "ordinary";
            severity_label: string;
            /** Format: date-time */
            spare_heat_at: string | null;
            /** @enum {string} */
            state: "reported" | "reopened" | "dispatched" | "arrived" | "done" | "closed";
            state_label: string;
            /**
             * @description Who stands best behind it
             * @enum {string}
             */
            vouched: "nobody" | "number" | "person" | "household";
            vouched_label: string;
        };
        FaultFile: {
            /** @description What to do first */
            advice: components["schemas"]["AdviceStep"][];
            fault: components["schemas"]["Fault"];
            heaters: components["schemas"]["LentHeater"][];
            parts: components["schemas"]["FaultPart"][];
            photo_ids: string[];
            reports: components["schemas"]["FaultReport"][];
            steps: components["schemas"]["FaultStep"][];
        };
        FaultPage: {
            items: components["schemas"]["Fault"][];
            next: string | null;
        };
        FaultPart: {
            /** Format: date-time */
            at: string;
            kind: string;
            serial: string;
        };
        FaultReason: {
            reason: string;
        };
        FaultReport: {
            /** Format: date-time */
            at: string;
            by_name: string | null;
            description: string | null;
            id: string;
            indoor_temperature_c: number | null;
            on_behalf: boolean;
            phone_masked: string | null;
            photo_ids: string[];
            /** @description resident, household_proxy, officer, passer_by */
            via: string;
        };
        FaultRequest: {
            /** @enum {string} */
            category: "no_heat" | "co" | "smoke" | "leaking" | "electric_shock" | "noise" | "equipment" | "other";
            /** @default null */
            description?: string | null;
            household_id: string;
            /** @default null */
            indoor_temperature_c?: number | null;
            photo_ids?: string[];
        };
        FaultStep: {
            /** Format: date-time */
            at: string;
            by_name: string | null;
            facts: {
                [key: string]: unknown;
            };
            kind: string;
            label: string;
            note: string | null;
            on_behalf: boolean;
            round: number;
        };
        Figure: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            gates: boolean;
            label: string;
            minimum?: number | null;
            /** @description Ends in its unit: heat_output_w, area_m2 */
            name: string;
            nominal?: number | null;
            /** @description Watched, never a gate */
            programme_average?: number | null;
            tolerance?: number | null;
        };
        Finding: {
            code: string;
            column: string;
            /** @description mended, flagged or held */
            outcome: string;
            remedy: string;
            sheet_row: number;
            shown: string | null;
        };
        FindingPage: {
            items: components["schemas"]["Finding"][];
            next: string | null;
        };
        FlagNote: {
            code: string;
            problem: string;
            remedy: string;
        };
        FuelLimit: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            kilograms: number;
            /** Format: date */
            since: string;
        };
        Grant: {
            balance: number;
            template: string;
        };
        Grants: {
            grants: components["schemas"]["Grant"][];
        };
        HeatWord: {
            /** @default null */
            indoor_temperature_c?: number | null;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default true */
            warm?: boolean;
        };
        HeaterRequest: {
            serial: string;
        };
        HeatingPath: {
            arrangements: components["schemas"]["Arrangement"][];
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            co_alarm?: components["schemas"]["KitItem"] | null;
            code: string;
            electricity_subsidy: boolean;
            households: number;
            in_house: boolean;
            kit: components["schemas"]["KitItem"][];
            label: string;
            lead: components["schemas"]["Office"];
            named_villages: string[];
            needs_co_alarm: boolean;
            own_share: boolean;
            stages: components["schemas"]["Stage"][];
            subsidised_fuel: boolean;
            townships: number;
            villages: number;
        };
        HeatingSeason: {
            /** @description MM-DD, every year */
            first: string;
            /** @description MM-DD, every year */
            last: string;
        };
        HeldRole: {
            area_code: string | null;
            company_id: string | null;
            /** Format: date-time */
            given_at: string;
            id: string;
            person_id: string;
            person_name: string | null;
            role: string;
        };
        HeldRolePage: {
            items: components["schemas"]["HeldRole"][];
            next: string | null;
        };
        HeldRow: {
            area_code: string;
            codes: string[];
            household_id: string | null;
            id: string;
            import_id: string;
            settled_as: string | null;
            /** Format: date-time */
            settled_at: string | null;
            sheet_row: number;
            shown: {
                [key: string]: unknown;
            };
        };
        HeldRowPage: {
            items: components["schemas"]["HeldRow"][];
            next: string | null;
        };
        Home: {
            booking: components["schemas"]["HomeBooking"] | null;
            /** @description What can be done tonight; empty where nobody would be cold */
            cold_tonight: components["schemas"]["AdviceStep"][];
            /** @description The caller's own house, its head 60 or older */
            elder: boolean;
            /** @description The newest that is open */
            fault: components["schemas"]["HomeFault"] | null;
            fuel: components["schemas"]["HomeFuel"] | null;
            hotline: components["schemas"]["HomeHotline"];
            household: components["schemas"]["HomeHousehold"];
            ladder: components["schemas"]["LadderStep"][];
            /** @description The caller is resident or proxy of it */
            mine: boolean;
            next: components["schemas"]["HomeNext"];
            open_faults: number;
            /** @description resident, household_proxy or null */
            tie: string | null;
            /** @description The most urgent first */
            to_do: components["schemas"]["HomeToDo"][];
            /** @description The caller's own notices */
            unread: number;
        };
        HomeBooking: {
            can_change: boolean;
            /**
             * Format: date
             * @description Last day of changing; null: nobody came, it may be changed any day
             */
            change_until: string | null;
            contractor_name: string;
            /** Format: date */
            day: string;
            half_day: string;
            id: string;
            state: string;
        };
        HomeFault: {
            /** Format: date-time */
            answer_due_at: string;
            category: string;
            category_label: string;
            id: string;
            /** @description answer, on_site, restore: past their time */
            late: string[];
            next: string;
            severity: string;
            severity_label: string;
            state: string;
            state_label: string;
        };
        HomeFuel: {
            bag_kg: number;
            delivered_kg: number;
            left_kg: number;
            limit_kg: number;
            /** Format: date */
            next_begins: string;
            open: boolean;
            /** @description Not brought in earlier years, on top of it */
            owed_earlier_kg: number;
            reasons: components["schemas"]["Reason"][];
            reserved_kg: number;
            year: string;
        };
        HomeHotline: {
            label: string;
            number: string;
        };
        HomeHousehold: {
            address: string;
            area_code: string;
            /** @description On the sticker; not for who must scan it at the door */
            code: string | null;
            /** Format: date-time */
            confirmed_by_household_at: string | null;
            /** Format: date-time */
            confirmed_by_village_at: string | null;
            head_name: string;
            id: string;
            /** Format: date-time */
            locked_at: string | null;
            participates: boolean;
            path: string;
            path_label: string;
            /** Format: date-time */
            sent_back_at: string | null;
            sent_back_reason: string | null;
            township: string;
            vacant: boolean;
            village: string;
        };
        HomeInShort: {
            fuel: components["schemas"]["HomeFuel"] | null;
            household: components["schemas"]["HomeHousehold"];
            next: components["schemas"]["HomeNext"];
            /** @description resident or household_proxy */
            tie: string;
            /** @description How much waits for the caller */
            to_do: number;
        };
        HomeNext: {
            clause: string | null;
            clause_label: string | null;
            code: string;
            /** @description Of the mini-program; empty: nothing to open */
            page: string;
            text: string;
            /** Format: date */
            until: string | null;
            /** @description Whose turn it is: household, village, township, contractor, acceptor, supplier, network, nobody */
            who: string;
            who_label: string;
        };
        HomeToDo: {
            clause: string | null;
            clause_label: string | null;
            code: string;
            /** @description The caller can do it */
            mine: boolean;
            /** @description Of the mini-program; empty: nothing to open */
            page: string;
            text: string;
            /** Format: date */
            until: string | null;
            /** @description Whose turn it is: household, village, township, contractor, acceptor, supplier, network, nobody */
            who: string;
            who_label: string;
        };
        Homes: {
            items: components["schemas"]["HomeInShort"][];
        };
        Hotline: {
            hours: string;
            number: string;
            synthetic: boolean;
        };
        HouseAcceptance: {
            checklist: {
                [key: string]: boolean;
            };
            household_id: string;
            id: string;
            /** Format: date-time */
            made_at: string | null;
            old_heating_removed: boolean;
            outcome: string;
            photo_ids: string[];
            /** Format: date-time */
            recorded_at: string;
            rework: string | null;
            vacant: boolean;
        };
        HouseAcceptanceRequest: {
            checklist: components["schemas"]["AcceptanceChecklist"];
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default false */
            old_heating_removed?: boolean;
            /** @enum {string} */
            outcome: "passed" | "rework";
            photo_ids?: string[];
            /** @default null */
            rework?: string | null;
        };
        Household: {
            address: string;
            area_code: string;
            arrangement: string | null;
            /** @description The code on the valid sticker */
            code: string | null;
            /** Format: date-time */
            confirmed_by_household_at: string | null;
            /** Format: date-time */
            confirmed_by_village_at: string | null;
            courtyard: string | null;
            /** @description The flags in words */
            flag_notes: components["schemas"]["FlagNote"][];
            flags: string[];
            floor_area_m2: number | null;
            head_name: string;
            id: string;
            id_number_masked: string | null;
            /** Format: date-time */
            locked_at: string | null;
            participates: boolean;
            path: string;
            people: number | null;
            phone_masked: string | null;
            police_no: string | null;
            programme_id: string;
            remark: string | null;
            /** Format: date-time */
            sent_back_at: string | null;
            sent_back_reason: string | null;
            vacant: boolean;
            village_registered: boolean | null;
        };
        HouseholdAnswer: {
            address: string;
            area_code: string;
            arrangement: string | null;
            /** @description The code on the valid sticker */
            code: string | null;
            /** Format: date-time */
            confirmed_by_household_at: string | null;
            /** Format: date-time */
            confirmed_by_village_at: string | null;
            courtyard: string | null;
            /** @description The flags in words */
            flag_notes: components["schemas"]["FlagNote"][];
            flags: string[];
            floor_area_m2: number | null;
            head_name: string;
            id: string;
            id_number_masked: string | null;
            /** Format: date-time */
            locked_at: string | null;
            participates: boolean;
            path: string;
            people: number | null;
            phone_masked: string | null;
            police_no: string | null;
            programme_id: string;
            remark: string | null;
            /** Format: date-time */
            sent_back_at: string | null;
            sent_back_reason: string | null;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
            vacant: boolean;
            village_registered: boolean | null;
        };
        HouseholdPage: {
            items: components["schemas"]["Household"][];
            next: string | null;
        };
        Import: {
            area_code: string;
            /** Format: date-time */
            checked_at: string;
            /** Format: date-time */
            committed_at: string | null;
            /** @description rows by outcome, findings by code, rows taken in */
            counts: {
                [key: string]: unknown;
            };
            filename: string;
            id: string;
            rows: number;
            /** @description checked or committed */
            state: string;
        };
        ImportPage: {
            items: components["schemas"]["Import"][];
            next: string | null;
        };
        Installation: {
            acceptances: components["schemas"]["HouseAcceptance"][];
            bookings: components["schemas"]["Booking"][];
            co_alarm_tests: components["schemas"]["CoAlarmTest"][];
            contract: components["schemas"]["Contract"] | null;
            items: components["schemas"]["InstalledItem"][];
            standing: components["schemas"]["InstallationStanding"];
            visits: components["schemas"]["Visit"][];
        };
        InstallationNext: {
            code: string;
            rung: string;
            text: string;
            /** @description A role, or an office's code */
            who: string;
        };
        InstallationStanding: {
            /** Format: date-time */
            accepted_at: string | null;
            /** Format: date */
            booked_for: string | null;
            booked_half_day: string | null;
            /** Format: date-time */
            briefing_given_at: string | null;
            co_alarm_needed: boolean;
            /** Format: date-time */
            co_alarm_tested_at: string | null;
            contract_permits_works: boolean;
            /** Format: date */
            contracted_on: string | null;
            contractor_id: string | null;
            /** Format: date-time */
            energised_at: string | null;
            /** Format: date-time */
            heat_confirmed_at: string | null;
            household_id: string;
            /** Format: date-time */
            installed_at: string | null;
            missing: components["schemas"]["MissingItem"][];
            next: components["schemas"]["InstallationNext"] | null;
            /** Format: date */
            next_until: string | null;
            old_heating_may_go: boolean;
            /** Format: date-time */
            rework_at: string | null;
            rework_open: boolean;
            rooms_without_alarm: string[];
            rung: string;
            stages: components["schemas"]["NetworkStage"][];
            /** Format: date-time */
            still_cold_at: string | null;
            vacant_accepted: boolean;
            waits_for_stage: components["schemas"]["NetworkStage"] | null;
        };
        InstalledItem: {
            figures: {
                [key: string]: number;
            };
            household_id: string;
            id: string;
            kind: string;
            /** Format: date-time */
            made_at: string | null;
            model: string | null;
            photo_ids: string[];
            quantity: number;
            /** Format: date-time */
            recorded_at: string;
            remove_reason: string | null;
            /** Format: date-time */
            removed_at: string | null;
            rooms: string[];
            serial: string | null;
            visit_id: string | null;
        };
        InstalledItemRequest: {
            /** @description Figure by name with its unit, as the plan names it: heat_output_w, area_m2 */
            figures?: {
                [key: string]: number;
            };
            kind: string;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default null */
            model?: string | null;
            photo_ids?: string[];
            /** @default 1 */
            quantity?: number;
            rooms?: string[];
            /** @default null */
            serial?: string | null;
        };
        Invitation: {
            area_code: string | null;
            /** @description Shown once */
            code: string;
            company_id: string | null;
            /** Format: date-time */
            expires_at: string;
            id: string;
            role: string;
        };
        InvitationRequest: {
            /** @default null */
            area_code?: string | null;
            /** @default null */
            company_id?: string | null;
            /** @description Whom it is meant for */
            name: string;
            /** @enum {string} */
            role: "acceptor" | "administrator" | "auditor" | "contractor_manager" | "district_officer" | "driver" | "finance_officer" | "inspector" | "installer" | "media_editor" | "media_releaser" | "power_company_clerk" | "repairer" | "supplier_manager" | "township_officer" | "village_cadre";
            /**
             * Format: date
             * @default null
             */
            until?: string | null;
        };
        Job: {
            area_code: string;
            /** Format: date-time */
            asked_at: string;
            cancel_asked: boolean;
            done: number;
            /** Format: date-time */
            ended_at: string | null;
            error: components["schemas"]["JobError"] | null;
            id: string;
            /** Format: date-time */
            kept_until: string | null;
            kind: string;
            result_bytes: number | null;
            result_name: string | null;
            result_type: string | null;
            /** Format: date-time */
            started_at: string | null;
            /** @description waiting, running, done, failed or cancelled */
            state: string;
            /** @description What is done, in Chinese */
            title: string;
            /** @description 0 as long as it is not known */
            total: number;
            /** @description Where it is followed; the header Location */
            url: string;
            /** @description Progress in Chinese */
            words: string;
        };
        JobError: {
            code: string;
            detail: string;
            next: string;
            title: string;
        };
        JobPage: {
            items: components["schemas"]["Job"][];
            next: string | null;
        };
        KeptAnswer: {
            /** @description What to do first: to be shown before anything else */
            advice: components["schemas"]["AdviceStep"][];
            /** @description Empty where it is not known */
            hotline: string;
            /** @description Nobody knows yet: the database is away */
            kept: boolean;
            message: string;
            photos_left_out: number;
            /** @description Where to be warm tonight */
            tonight: components["schemas"]["AdviceStep"][];
        };
        KeptReport: {
            /** @description What to do first: to be shown before anything else */
            advice: components["schemas"]["AdviceStep"][];
            /** @description Not yet */
            fault: components["schemas"]["Fault"] | null;
            /** @description Empty where it is not known */
            hotline: string;
            joined: boolean;
            /** @description Nobody knows yet: the database is away */
            kept: boolean;
            message: string;
            photos_left_out: number;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
            /** @description Where to be warm tonight */
            tonight: components["schemas"]["AdviceStep"][];
        };
        KeptWords: {
            /** @description What to do first: to be shown before anything else */
            advice: components["schemas"]["AdviceStep"][];
            entries: components["schemas"]["ConversationEntry"][];
            /** @description Empty where it is not known */
            hotline: string;
            /** @description Nobody knows yet: the database is away */
            kept: boolean;
            message: string;
            photos_left_out: number;
            reply: components["schemas"]["Reply"];
            /** @description Where to be warm tonight */
            tonight: components["schemas"]["AdviceStep"][];
        };
        KitItem: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            count: number;
            figures: components["schemas"]["Figure"][];
            kind: string;
            label: string;
            /** @description Recorded one by one, by serial number */
            serial: boolean;
        };
        LadderStep: {
            /** @description A rung, or a stage of the network between two */
            code: string;
            /** @description The last one with every one below it */
            current: boolean;
            label: string;
            /** Format: date */
            planned_on: string | null;
            reached: boolean;
            /** Format: date-time */
            reached_at: string | null;
        };
        LedgerEntry: {
            /** Format: date-time */
            at: string;
            delivered_kg: number;
            excess_kg: number;
            fuel_delivery_id: string | null;
            fuel_order_id: string | null;
            id: string;
            kind: string;
            owed_kg: number;
            position: number;
            reason: string | null;
            reserved_kg: number;
            reverses_id: string | null;
            year: string;
        };
        LedgerEntryPage: {
            items: components["schemas"]["LedgerEntry"][];
            next: string | null;
        };
        LentHeater: {
            /** Format: date-time */
            lent_at: string;
            /** Format: date-time */
            returned_at: string | null;
            serial: string;
        };
        Login: {
            /** @description The code of wx.login, five minutes, once */
            code: string;
        };
        Message: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** @description Sends whose answer was lost */
            doubts: number;
            /** Format: date-time */
            due_at: string;
            error: string | null;
            id: string;
            /**
             * Format: date-time
             * @description After that it is not sent any more
             */
            lasts_until: string;
            notice_id: string;
            person_id: string;
            /** @description Masked */
            person_name: string | null;
            /** @description The platform's message id */
            proof: string | null;
            reason: string | null;
            reason_label: string | null;
            /** @description Times that somebody had it tried again */
            retries: number;
            /** Format: date-time */
            settled_at: string | null;
            state: string;
            state_label: string;
            title: string;
            topic: string;
            topic_label: string;
        };
        MessagePage: {
            items: components["schemas"]["Message"][];
            next: string | null;
        };
        Milestone: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            code: string;
            /** Format: date */
            due: string;
            due_label: string;
            label: string;
            rung?: string | null;
            /** @enum {string} */
            side: "heat" | "user";
        };
        MissingItem: {
            count: number;
            kind: string;
            label: string;
        };
        Name: {
            name: string;
        };
        NetworkStage: {
            area_code: string;
            /** Format: date */
            done_on: string | null;
            id: string | null;
            label: string;
            owner: string | null;
            owner_label: string | null;
            path: string;
            /** Format: date */
            planned_on: string | null;
            stage: string;
        };
        NetworkStageDone: {
            /** Format: date */
            done_on: string;
        };
        NetworkStagePage: {
            items: components["schemas"]["NetworkStage"][];
            next: string | null;
        };
        NetworkStageRequest: {
            area_code: string;
            /** @description An office's code of the plan */
            owner: string;
            path: string;
            /** Format: date */
            planned_on: string;
            stage: string;
        };
        Notice: {
            about_id: string | null;
            about_kind: string | null;
            body: string;
            /** Format: date-time */
            created_at: string;
            household_id: string | null;
            id: string;
            /** @description A path of the mini-program, or empty */
            page: string;
            /** Format: date-time */
            read_at: string | null;
            title: string;
            topic: string;
            topic_label: string;
        };
        NoticeHistory: {
            notice: components["schemas"]["Notice"];
            outcomes: components["schemas"]["ChannelOutcome"][];
        };
        NoticeHistoryPage: {
            items: components["schemas"]["NoticeHistory"][];
            next: string | null;
        };
        NoticePage: {
            items: components["schemas"]["Notice"][];
            next: string | null;
        };
        Office: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            code: string;
            kind: string;
            label: string;
        };
        OnSite: {
            household_code: string;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
            /**
             * Format: date-time
             * @description The phone's own time, where it was made without signal; at most 14 days ago
             * @default null
             */
            made_at?: string | null;
        };
        OpenQuestion: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            code: string;
            text: string;
        };
        Order: {
            area_code: string;
            /** Format: date-time */
            closed_at: string | null;
            closed_reason: string | null;
            company_id: string;
            deliveries: components["schemas"]["Delivery"][];
            grade: string;
            household_id: string;
            id: string;
            kilograms: number;
            on_behalf: boolean;
            /** Format: date-time */
            placed_at: string;
            reserved_kg: number;
            state: string;
            /** Format: date */
            wanted_from: string;
            /** Format: date */
            wanted_until: string;
            year: string;
        };
        OrderAnswer: {
            area_code: string;
            /** Format: date-time */
            closed_at: string | null;
            closed_reason: string | null;
            company_id: string;
            deliveries: components["schemas"]["Delivery"][];
            grade: string;
            household_id: string;
            id: string;
            kilograms: number;
            on_behalf: boolean;
            /** Format: date-time */
            placed_at: string;
            reserved_kg: number;
            state: string;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
            /** Format: date */
            wanted_from: string;
            /** Format: date */
            wanted_until: string;
            year: string;
        };
        OrderPage: {
            items: components["schemas"]["Order"][];
            next: string | null;
        };
        OrderRequest: {
            household_id: string;
            /** @description Whole bags */
            kilograms: number;
            /** Format: date */
            wanted_from: string;
            /** Format: date */
            wanted_until: string;
        };
        Outage: {
            area_code: string;
            /** Format: date-time */
            began_at: string;
            category: string;
            category_label: string;
            /** Format: date-time */
            ended_at: string | null;
            /** Format: date-time */
            flagged_at: string;
            households: number;
            id: string;
            open: number;
            village: string;
        };
        OutagePage: {
            items: components["schemas"]["Outage"][];
            next: string | null;
        };
        Outcome: {
            label: string;
            outcome: string;
        };
        OwnerConfirmation: {
            /** @default null */
            witness?: string | null;
        };
        PageLogin: {
            /** @description As WeChat put it into the page's address */
            code: string;
            /** @description As WeChat put it into the page's address */
            state: string;
        };
        PageSession: {
            /** Format: date-time */
            expires_at: string;
            person: components["schemas"]["Person"];
            /** @description The page to go on with */
            return_to: string;
            token: string;
        };
        PaginationMetadata: {
            /** @description First available page number. */
            first_page?: number;
            /** @description Last available page number. */
            last_page?: number;
            /** @description Next page number. */
            next_page?: number;
            /** @description Current page number. */
            page?: number;
            /** @description Previous page number. */
            previous_page?: number;
            /** @description Total number of items. */
            total?: number;
            /** @description Total number of pages. */
            total_pages?: number;
        };
        Part: {
            kind: string;
            serial: string;
        };
        Pause: {
            reason: string;
            /** Format: date-time */
            until: string;
        };
        PausedTemplate: {
            errcode: number;
            /** @description The platform's word */
            errmsg: string;
            /** Format: date-time */
            paused_at: string;
            template_id: string;
        };
        PausedTemplates: {
            items: components["schemas"]["PausedTemplate"][];
        };
        Person: {
            households: components["schemas"]["Tie"][];
            id: string;
            name: string | null;
            phone_masked: string | null;
            phone_verified: boolean;
            roles: components["schemas"]["Role"][];
        };
        Phone: {
            /** @description The code of getPhoneNumber */
            code: string;
        };
        Photo: {
            height: number;
            id: string;
            size_bytes: number;
            width: number;
        };
        PhotoNotKept: {
            code: string;
            /** @description null where it was no id */
            id: string | null;
            /** @description Its place in ``photo_ids``, from 0 */
            index: number;
            text: string;
        };
        Problem: {
            /** @description Clause id the refusal rests on */
            clause?: string | null;
            clause_label?: string | null;
            /** @description Stable code for programs */
            code: string;
            /** @description Why, in Chinese, for the person */
            detail: string;
            /** @description Messages by field */
            errors?: {
                [key: string]: unknown;
            };
            /** @description Figures that the refusal rests on */
            facts?: {
                [key: string]: unknown;
            };
            /** @description What to do now, in Chinese */
            next: string;
            request_id?: string;
            status: number;
            title: string;
            /** @description urn:problem:<code> */
            type: string;
        };
        Programme: {
            area_code: string;
            bag_kg: number;
            clauses: components["schemas"]["Clause"][];
            county: string;
            /** Format: date */
            first_day: string;
            fuel_limits: components["schemas"]["FuelLimit"][];
            heating_season: components["schemas"]["HeatingSeason"];
            hotline: components["schemas"]["Hotline"];
            households: number;
            id: string;
            last_year: number;
            milestones: components["schemas"]["Milestone"][];
            open_questions: components["schemas"]["OpenQuestion"][];
            paths: components["schemas"]["HeatingPath"][];
            service_levels: components["schemas"]["ServiceLevel"][];
            /** @description Name, label, value, why */
            readonly settings: Record<string, never>[];
            standards: components["schemas"]["Standard"][];
            title: string;
            totals: components["schemas"]["Total"][];
            user_side: components["schemas"]["UserSide"];
            villages: number;
            year: number;
        };
        Proxy: {
            phone: string;
            relation: string;
        };
        Quarantine: {
            reason: string;
        };
        Question: {
            answers: components["schemas"]["Answer"][];
            clause: string;
            clause_label: string;
            /** @enum {string} */
            fact: "takes_part" | "relationship" | "living_together" | "same_courtyard" | "one_pipeline" | "separate_dwelling" | "police_register" | "own_heating" | "village_register";
            text: string;
        };
        Reason: {
            clause: string;
            clause_label: string;
            code: string;
            text: string;
        };
        ReasonGiven: {
            reason: string;
        };
        Reopening: {
            /** @default null */
            indoor_temperature_c?: number | null;
            reason: string;
        };
        Replacement: {
            reason: string;
            /** @default false */
            revoke?: boolean;
        };
        Reply: {
            card: components["schemas"]["ConversationCard"] | null;
            options: components["schemas"]["ConversationOption"][];
            text: string;
        };
        ReportAnswer: {
            /** @description What to do first: to be shown before anything else */
            advice: components["schemas"]["AdviceStep"][];
            fault: components["schemas"]["Fault"];
            hotline: string;
            /** @description Added to a fault that was open already */
            joined: boolean;
            photos_left_out: number;
            /** @description Which, and why; the first 30 of them */
            photos_not_kept: components["schemas"]["PhotoNotKept"][];
            report_id: string;
            /** @description Template ids, at most three, for one call of the consent dialogue */
            templates_to_ask: string[];
            /** @description Where to be warm tonight */
            tonight: components["schemas"]["AdviceStep"][];
        };
        ReportDecision: {
            accepted: boolean;
            /** @default null */
            note?: string | null;
        };
        Resident: {
            phone: string;
        };
        Reveal: {
            /** Format: date-time */
            at: string;
            by_name: string | null;
            id: string;
            /** @description How many were shown */
            numbers: number;
            reason: string;
        };
        RevealPage: {
            items: components["schemas"]["Reveal"][];
            next: string | null;
        };
        Role: {
            area_code: string | null;
            company_id: string | null;
            id: string;
            label: string;
            role: string;
            /** Format: date */
            until: string | null;
        };
        RoundStop: {
            address: string;
            booking: components["schemas"]["Booking"];
            head_name: string;
            path: string;
            phone_masked: string | null;
        };
        RoundStopPage: {
            items: components["schemas"]["RoundStop"][];
            next: string | null;
        };
        Said: {
            /** @default null */
            household_id?: string | null;
            text: string;
        };
        ScanAnswer: {
            hotline: string;
            household: components["schemas"]["Household"] | null;
            message: string;
            next: string[];
            scan_id: string;
            seen_as: string;
            village: string | null;
        };
        ScanEntry: {
            /** Format: date-time */
            at: string;
            id: string;
            latitude: number | null;
            longitude: number | null;
            person_id: string | null;
            purpose: string;
            seen_as: string;
        };
        ScanEntryPage: {
            items: components["schemas"]["ScanEntry"][];
            next: string | null;
        };
        ScanRequest: {
            /** @description Typed code, or the sticker's address */
            household_code: string;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
            /**
             * @default look
             * @enum {string}
             */
            purpose?: "look" | "confirmation" | "visit" | "delivery" | "repair" | "emergency";
        };
        ServiceLevel: {
            answer_minutes: number;
            category: string;
            label: string;
            on_site_minutes: number;
            restore_minutes?: number | null;
            restored_same_day: boolean;
            severity: string;
        };
        Session: {
            /** Format: date-time */
            expires_at: string;
            person: components["schemas"]["Person"];
            token: string;
        };
        Settlement: {
            corrections?: components["schemas"]["Corrections"];
            /** @enum {string} */
            outcome: "corrected" | "withdrawn";
            reason: string;
        };
        ShownNumber: {
            phone: string;
            /** @description 户主, or a name */
            whose: string;
        };
        ShownNumbers: {
            phones: components["schemas"]["ShownNumber"][];
        };
        Slot: {
            area_code: string;
            booked: number;
            capacity: number;
            contractor_id: string;
            contractor_name: string;
            /** Format: date */
            day: string;
            free: number;
            half_day: string;
            id: string;
        };
        SlotCapacity: {
            capacity: number;
        };
        SlotPage: {
            items: components["schemas"]["Slot"][];
            next: string | null;
        };
        SlotRequest: {
            area_code: string;
            capacity: number;
            /** @default null */
            contractor_id?: string | null;
            /** Format: date */
            day: string;
            /** @enum {string} */
            half_day: "morning" | "afternoon";
        };
        Stage: {
            choice: boolean;
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            code: string;
            label: string;
        };
        Standard: {
            accepts: components["schemas"]["AcceptedStandard"][];
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            contract_grade: boolean;
            subject: string;
        };
        Standing: {
            facts: {
                [key: string]: unknown;
            };
            label: string;
            outcome: string;
            possible: components["schemas"]["Outcome"][];
            question: components["schemas"]["Question"] | null;
            reasons: components["schemas"]["Reason"][];
            rule: string;
            version: string;
            would_change: components["schemas"]["Change"][];
        };
        StandingQuestion: {
            /** @description The household that it is asked for */
            household_id: string;
            /** @default null */
            living_together?: boolean | null;
            /** @default null */
            one_pipeline?: boolean | null;
            /** @default null */
            own_heating?: boolean | null;
            /**
             * @description How the police register lists the asking party
             * @default null
             * @enum {string|null}
             */
            police_register?: "apart" | "together" | "absent" | null;
            /**
             * @description Who the other party is to the asking one
             * @default null
             * @enum {string|null}
             */
            relationship?: "spouse" | "parent" | "child" | "other_kin" | "none" | null;
            /** @default null */
            same_courtyard?: boolean | null;
            /**
             * @description A dwelling in this village, lived in by itself
             * @default null
             */
            separate_dwelling?: boolean | null;
            /** @default null */
            takes_part?: boolean | null;
            /**
             * @description How the village committee lists the asking party
             * @default null
             * @enum {string|null}
             */
            village_register?: "apart" | "together" | "absent" | null;
        };
        SupplyArea: {
            area_code: string;
            company_id: string;
            grade: string;
            id: string;
            /** Format: date-time */
            set_at: string;
        };
        SupplyAreaPage: {
            items: components["schemas"]["SupplyArea"][];
            next: string | null;
        };
        SupplyAreaRequest: {
            area_code: string;
            company_id: string;
            /** @description Of the supply contract */
            grade: string;
        };
        TestReport: {
            accepted: boolean | null;
            grade: string;
            note: string | null;
            number: string;
            passed: boolean;
            standard: string;
            /** Format: date */
            tested_on: string;
        };
        TestReportRequest: {
            grade: string;
            passed: boolean;
            photo_ids?: string[];
            report_number: string;
            standard: string;
            /** Format: date */
            tested_on: string;
        };
        Tie: {
            household_id: string;
            label: string;
            /** @enum {string} */
            role: "household_proxy" | "resident";
        };
        TiedPeople: {
            items: components["schemas"]["TiedPerson"][];
        };
        TiedPerson: {
            name: string | null;
            person_id: string;
            phone_masked: string | null;
            proven_by: string;
            relation: string | null;
            role: string;
            /** Format: date-time */
            since: string;
            tie_id: string;
        };
        Told: {
            about_id: string | null;
            about_kind: string | null;
            /** Format: date-time */
            created_at: string;
            household_id: string | null;
            id: string;
            /** Format: date-time */
            read_at: string | null;
            title: string;
            topic: string;
            topic_label: string;
        };
        ToldHistory: {
            notice: components["schemas"]["Told"];
            outcomes: components["schemas"]["ChannelOutcome"][];
        };
        ToldHistoryPage: {
            items: components["schemas"]["ToldHistory"][];
            next: string | null;
        };
        Total: {
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            code: string;
            households: number;
            label: string;
            paths: string[];
        };
        UploadForm: {
            /** @description The area that the list may speak for */
            area_code: string;
            /**
             * Format: binary
             * @description The list itself: xlsx or csv
             */
            file?: string;
        };
        UserSide: {
            area_m2: number;
            /** @description Clause id; null for a choice without one */
            clause?: string | null;
            /** @description 第四部分（一）1（5） */
            readonly clause_label?: string | null;
            least_saving_percent: number;
        };
        Visit: {
            /** Format: date-time */
            begun_at: string;
            booking_id: string;
            contractor_id: string;
            /** Format: date-time */
            finished_at: string | null;
            household_id: string;
            id: string;
            installer_id: string;
            /** Format: date-time */
            made_at: string | null;
            missing: components["schemas"]["MissingItem"][];
            outcome: string | null;
            remark: string | null;
        };
        VisitFinish: {
            /**
             * @description Switched on or lit, and seen running
             * @default false
             */
            energised?: boolean;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
            /** @default null */
            remark?: string | null;
            rooms_lived_in?: string[];
        };
        VisitRequest: {
            booking_id: string;
            /** @description Scanned at the door */
            household_code: string;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
            /**
             * Format: date-time
             * @description The phone's own time, when made offline
             * @default null
             */
            made_at?: string | null;
        };
        Walk: {
            area: components["schemas"]["DeskArea"];
            items: components["schemas"]["WalkStop"][];
            /** @description Houses beyond the six hundred that are sent */
            left_out: number;
        };
        WalkStop: {
            address: string;
            code: string | null;
            confirmed_by_household: boolean;
            confirmed_by_village: boolean;
            head_name: string;
            id: string;
            locked: boolean;
            path: string;
            sent_back: boolean;
        };
        Witness: {
            witness_name: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
