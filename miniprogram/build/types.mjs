// Types of the API from backend/openapi.json: `node build/types.mjs` writes them, `--check` tells whether they are current.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../../backend/openapi.json", import.meta.url);
const target = new URL("../src/services/api.d.ts", import.meta.url);
const head = "// Made from backend/openapi.json by `npm run types`. Not to be edited by hand.\n";

// A refusal has one shape (Problem) on every route: repeated at each, it would be most of the file.
const api = JSON.parse(readFileSync(document, "utf-8"));
for (const path of Object.values(api.paths)) {
    for (const operation of Object.values(path)) {
        if (!operation.responses) continue;
        for (const status of Object.keys(operation.responses)) {
            if (!status.startsWith("2")) delete operation.responses[status];
        }
    }
}

const made = head + astToString(await openapiTS(api, { defaultNonNullable: false }));
if (process.argv.includes("--check")) {
    let found = "";
    try {
        found = readFileSync(target, "utf-8");
    } catch {
        // no file yet: it differs
    }
    if (found !== made) {
        console.error(
            `${fileURLToPath(target)} is not what backend/openapi.json says: run \`npm run types\`.`,
        );
        process.exit(1);
    }
} else {
    writeFileSync(target, made);
}
