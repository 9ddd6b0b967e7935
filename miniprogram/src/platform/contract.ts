/**
 * What the app asks of the machine it runs on. WeChat answers in `weixin.ts`, a browser in `browser.ts`; nothing else in the
 * app knows which. A call that cannot be had throws `NotHere` with words for the person: nothing pretends to have worked.
 */

/** This machine cannot do it; `message` says what the person can do instead. */
export class NotHere extends Error {}

/** The person closed it, or said no. Nobody needs to be told. */
export class Cancelled extends Error {}

export interface Consent {
  template: string;
  outcome: "accept" | "reject";
}

export interface Place {
  latitude: number;
  longitude: number;
}

/** A picture on this machine; `path` is what uni.uploadFile takes. */
export interface Picture {
  path: string;
  bytes: number;
}

export interface Platform {
  readonly kind: "weixin" | "h5";
  /** A code for `POST /api/sessions`, got without asking the person (WeChat), or by the demo's chosen person. */
  loginCode(): Promise<string>;
  /** Whether this is a web page opened in WeChat, where the county's official account can say who the person is. */
  isPageInWechat(): boolean;
  /** Leave for WeChat's own page and come back to the login page, which goes on with `page`. Only where isPageInWechat. */
  leaveToLogIn(page: string): void;
  /** A code for `POST /api/me/phone`. WeChat gives it only to a button of its own (components/PhoneButton). */
  phoneCode(): Promise<string>;
  /** Text of a QR code seen by the camera. */
  scan(): Promise<string>;
  /** Ask, at a tap, for consent to at most three message templates. */
  askForMessages(templates: readonly string[]): Promise<Consent[]>;
  /** Before the first private call: true once the person agreed to the privacy statement. */
  agreeToPrivacy(): Promise<boolean>;
  /** Where the person stands, or null if unknown or refused. */
  place(): Promise<Place | null>;
  /** As `place`, where that was allowed before: never asks, so nothing comes between a person and what is urgent. */
  knownPlace(): Promise<Place | null>;
  /** Taken or chosen, and scaled (scaling.ts); one that this machine cannot scale comes as it is, whatever its size. */
  choosePictures(atMost: number): Promise<Picture[]>;
  /** Keep a picture through a restart; answers what it is called from now on. */
  keepPicture(path: string): Promise<string>;
  /** The path to send a chosen or kept picture from (any other path as it is); null when it is gone. */
  pictureFor(kept: string): Promise<string | null>;
  dropPicture(kept: string): Promise<void>;
  call(number: string): void;
  canSpeak(): boolean;
  /** Reads aloud; settles when it ends or is stopped. */
  speak(text: string): Promise<void>;
  stopSpeaking(): void;
  /** The system's size of letters over its usual one: 1 to 1.5. */
  letterScale(): number;
}

export interface Online {
  readonly now: boolean;
  onChange(heard: (is: boolean) => void): void;
}
