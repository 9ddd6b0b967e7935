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

export const browser: Platform = {
  kind: "h5",

  async loginCode() {
    const code = await sandbox.loginCode();
    if (!code) throw new NotHere("请用微信打开，或从公众号进入后登录。");
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

  choosePictures(atMost) {
    return new Promise<Picture[]>((resolve, reject) => {
      uni.chooseImage({
        count: atMost,
        sizeType: ["compressed"],
        success: (answer) => {
          const files = answer.tempFiles as { path: string; size: number }[];
          resolve(files.map((file) => ({ path: file.path, bytes: file.size })));
        },
        fail: () => reject(new Cancelled("pictures")),
      });
    });
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
