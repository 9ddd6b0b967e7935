/** A browser's side of the contract, for people outside WeChat and for the demo. */
import jsQR from "jsqr";
import {
  Cancelled,
  type Consent,
  NotHere,
  type Online,
  type Picture,
  type Place,
  type Platform,
} from "./contract";
import { sandbox } from "./sandbox";
import { mustBeScaled, QUALITY, scaledSize } from "./scaling";

const PRIVACY_AGREED = "privacy-agreed";

/** Set by the page that shows questions (components/screen): the browser has no sheets of its own. */
interface Sheets {
  privacy: () => Promise<boolean>;
  camera: () => Promise<string>;
  messages: (templates: readonly string[]) => Promise<Consent[]>;
}
let sheets: Sheets | null = null;
export function showSheetsWith(shown: Sheets): void {
  sheets = shown;
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

/** One look at what the camera shows: the browser's own detector where there is one, jsQR else. Null: nothing seen yet. */
export async function readFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<string | null> {
  const Native = (window as unknown as { BarcodeDetector?: new (o: { formats: string[] }) => Detector })
    .BarcodeDetector;
  if (Native) {
    try {
      const [found] = await new Native({ formats: ["qr_code"] }).detect(video);
      return found?.rawValue ?? null;
    } catch {
      // Some builds have the name without the service behind it: jsQR sees as well.
    }
  }
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) return null;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(video, 0, 0, width, height);
  return jsQR(context.getImageData(0, 0, width, height).data, width, height)?.data ?? null;
}

/** What was chosen, by its address: the page's policy lets nothing be fetched from a blob: address, which asks the network's way. */
const chosen = new Map<string, Blob>();

/** The picture that a file holds, turned upright as its camera noted. Null: this browser cannot read it (HEIC in most). */
function drawn(address: string): Promise<HTMLImageElement | null> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => resolve(null);
    image.src = address;
  });
}

/**
 * The file as it is sent. The server can do what is not done here, so nothing that goes wrong is an error: no memory, a format that
 * is not known, a browser that would draw the picture lying on its side.
 */
async function scaled(file: File & { path: string }): Promise<Picture> {
  const asItIs = { path: file.path, bytes: file.size };
  chosen.set(file.path, file);
  try {
    const image = await drawn(file.path);
    if (!image || !window.CSS?.supports("image-orientation", "from-image")) return asItIs;
    const size = { width: image.naturalWidth, height: image.naturalHeight };
    if (!mustBeScaled(size, file.size)) return asItIs;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, scaledSize(size));
    const context = canvas.getContext("2d");
    if (!context) return asItIs;
    context.fillStyle = "#fff"; // a JPEG has no glass: what was clear would be black
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    canvas.width = canvas.height = 0; // some browsers keep its memory for as long as it is large
    if (!smaller?.size || smaller.type !== "image/jpeg") return asItIs;
    const path = URL.createObjectURL(smaller);
    chosen.set(path, smaller);
    return { path, bytes: smaller.size };
  } catch (error) {
    console.warn("a photo could not be scaled", error);
    return asItIs;
  }
}

const KEPT = "kept:";

/** Pictures that wait for signal live in IndexedDB: addresses of blobs end with the page, and other storage is too small. */
function inPictures<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("pictures", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pictures");
    opening.onerror = () => reject(new NotHere("浏览器存不下这张照片。"));
    opening.onsuccess = () => {
      const database = opening.result;
      const asked = work(database.transaction("pictures", mode).objectStore("pictures"));
      asked.onsuccess = () => {
        resolve(asked.result as T);
        database.close();
      };
      asked.onerror = () => {
        reject(new NotHere("浏览器存不下这张照片。"));
        database.close();
      };
    };
  });
}

function asDataAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new NotHere("照片读不出来。"));
    reader.readAsDataURL(blob);
  });
}

export const browser: Platform = {
  kind: "h5",

  async loginCode() {
    const code = await sandbox.loginCode();
    if (!code) throw new NotHere("请用微信打开，或从公众号进入后登录。");
    return code;
  },

  isPageInWechat: () => /MicroMessenger/i.test(navigator.userAgent),

  leaveToLogIn(page) {
    window.location.assign(`/api/sessions/official-account?return=${encodeURIComponent(page)}`);
  },

  async phoneCode() {
    const code = await sandbox.phoneCode();
    if (!code) throw new NotHere("浏览器里取不到微信手机号，请用微信打开再办。");
    return code;
  },

  async scan() {
    if (!sheets || !navigator.mediaDevices?.getUserMedia) {
      throw new NotHere("这个浏览器不能用相机，请输入户码牌上的10位户码。");
    }
    return sheets.camera();
  },

  async askForMessages(templates) {
    // Outside WeChat nobody can be asked; the demo shows what WeChat would ask.
    if (!sandbox.isHere() || !sheets || templates.length === 0) return [];
    return sheets.messages(templates.slice(0, 3));
  },

  async agreeToPrivacy() {
    if (localStorage.getItem(PRIVACY_AGREED) === __APP_VERSION__) return true;
    const agreed = sheets ? await sheets.privacy() : false;
    if (agreed) localStorage.setItem(PRIVACY_AGREED, __APP_VERSION__);
    return agreed;
  },

  async place() {
    if (!navigator.geolocation || !(await browser.agreeToPrivacy())) return null;
    return new Promise<Place | null>((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
        () => resolve(null),
        { timeout: 4000, maximumAge: 60_000 },
      );
    });
  },

  async knownPlace() {
    if (localStorage.getItem(PRIVACY_AGREED) !== __APP_VERSION__ || !navigator.permissions) return null;
    try {
      const { state } = await navigator.permissions.query({ name: "geolocation" });
      return state === "granted" ? browser.place() : null;
    } catch {
      return null; // a browser that cannot say whether it was allowed would have to ask
    }
  },

  choosePictures(atMost) {
    return new Promise<Picture[]>((resolve, reject) => {
      uni.chooseImage({
        count: atMost,
        sizeType: ["compressed"],
        success: async (answer) => {
          const pictures: Picture[] = [];
          // One after the other: the memory of an old phone holds one of them.
          for (const file of answer.tempFiles as (File & { path: string })[])
            pictures.push(await scaled(file));
          resolve(pictures);
        },
        fail: () => reject(new Cancelled("pictures")),
      });
    });
  },

  async keepPicture(path) {
    const blob = chosen.get(path);
    if (!blob) throw new NotHere("照片读不出来。");
    const name = `${KEPT}${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`}`;
    await inPictures("readwrite", (store) => store.put(blob, name));
    return name;
  },

  async pictureFor(kept) {
    const blob = kept.startsWith(KEPT)
      ? await inPictures<Blob | undefined>("readonly", (store) => store.get(kept))
      : chosen.get(kept);
    if (blob) return asDataAddress(blob);
    // An address of an earlier page leads nowhere.
    return kept.startsWith(KEPT) || kept.startsWith("blob:") ? null : kept;
  },

  async dropPicture(kept) {
    if (kept.startsWith(KEPT)) await inPictures("readwrite", (store) => store.delete(kept));
  },

  call(number) {
    window.location.href = `tel:${number}`;
  },

  canSpeak: () => "speechSynthesis" in window,

  speak(text) {
    return new Promise((resolve, reject) => {
      const voices = speechSynthesis.getVoices();
      const chinese = voices.find((voice) => /^zh|cmn/i.test(voice.lang));
      // Before the list is loaded it is empty; then the browser chooses by language.
      if (voices.length > 0 && !chinese) return reject(new NotHere("这台设备没有中文朗读，请把字调大看。"));
      const saying = new SpeechSynthesisUtterance(text);
      saying.lang = "zh-CN";
      if (chinese) saying.voice = chinese;
      saying.rate = 0.9;
      saying.onend = () => resolve();
      saying.onerror = (event) =>
        event.error === "canceled" || event.error === "interrupted"
          ? resolve()
          : reject(new NotHere("没有读出来，请把字调大看。"));
      speechSynthesis.cancel();
      speechSynthesis.speak(saying);
    });
  },

  stopSpeaking() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  },

  letterScale() {
    const probe = document.createElement("span");
    probe.style.cssText = "font-size:medium;position:absolute;visibility:hidden";
    document.body.appendChild(probe);
    const size = parseFloat(getComputedStyle(probe).fontSize) || 16;
    probe.remove();
    return Math.min(1.5, Math.max(1, size / 16));
  },
};

export const online: Online = {
  get now() {
    return navigator.onLine;
  },
  onChange(heard) {
    window.addEventListener("online", () => heard(true));
    window.addEventListener("offline", () => heard(false));
  },
};
