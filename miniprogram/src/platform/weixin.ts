/** WeChat's side of the contract. Every answer that WeChat can give is met here: a refusal, a cancel, an older client. */
import {
  Cancelled,
  type Consent,
  NotHere,
  type Online,
  type Picture,
  type Place,
  type Platform,
} from "./contract";
import { LONGEST_SIDE, mustBeScaled, QUALITY } from "./scaling";

type Failed = { errMsg?: string; errCode?: number; errno?: number };

function failed(error: unknown): Failed {
  return (error ?? {}) as Failed;
}

function cancelled(error: unknown): boolean {
  return /cancel|deny|denied/.test(failed(error).errMsg ?? "");
}

/** The first private call of a session shows WeChat's own privacy sheet; no answer there means no call. */
function agreeToPrivacy(): Promise<boolean> {
  return new Promise((resolve) => {
    if (typeof wx.requirePrivacyAuthorize !== "function") return resolve(true); // before 2.32.3 there is no such gate
    wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) });
  });
}

async function afterPrivacy(): Promise<void> {
  if (!(await agreeToPrivacy())) throw new Cancelled("privacy");
}

interface Speech {
  textToSpeech(given: {
    lang: "zh_CN";
    tts: true;
    content: string;
    success: (answer: { filename: string }) => void;
    fail: (error: unknown) => void;
  }): void;
}

/** WeChat's own speech plugin; absent unless the account has added it and the build declares it. */
function speech(): Speech | null {
  try {
    return typeof requirePlugin === "function" ? (requirePlugin("WechatSI") as Speech) : null;
  } catch {
    return null;
  }
}

function called<T>(call: (given: { success: (answer: T) => void; fail: (error: unknown) => void }) => void) {
  return new Promise<T>((resolve, reject) => call({ success: resolve, fail: reject }));
}

/**
 * The picture as it is sent. WeChat's own "compressed" leaves large ones large on some phones. A client that cannot do it, or
 * does not know the format, sends it as it is: the server does the rest.
 */
async function scaled(picture: Picture): Promise<Picture> {
  try {
    const info = await called<WechatMiniprogram.GetImageInfoSuccessCallbackResult>((back) =>
      wx.getImageInfo({ src: picture.path, ...back }),
    );
    if (!mustBeScaled(info, picture.bytes)) return picture;
    // Its width is told as if the camera had been held upright; only the longer side is given, the other follows.
    const turned = /left|right/.test(info.orientation ?? "");
    const wide = info.width >= info.height !== turned;
    const side = Math.min(LONGEST_SIDE, Math.max(info.width, info.height));
    const { tempFilePath } = await called<WechatMiniprogram.CompressImageSuccessCallbackResult>((back) =>
      wx.compressImage({
        src: picture.path,
        quality: QUALITY * 100,
        ...(wide ? { compressedWidth: side } : { compressedHeight: side }),
        ...back,
      }),
    );
    const { size } = await called<WechatMiniprogram.GetFileInfoSuccessCallbackResult>((back) =>
      wx.getFileSystemManager().getFileInfo({ filePath: tempFilePath, ...back }),
    );
    return size > 0 ? { path: tempFilePath, bytes: size } : picture;
  } catch (error) {
    console.warn("a photo could not be scaled", error);
    return picture;
  }
}

let sounding: { stop: () => void } | null = null;

export const weixin: Platform = {
  kind: "weixin",

  loginCode() {
    return new Promise((resolve, reject) => {
      wx.login({
        timeout: 10_000,
        success: (answer) =>
          answer.code ? resolve(answer.code) : reject(new NotHere("微信没有给出登录凭证，请重新打开。")),
        fail: () => reject(new NotHere("微信登录没有成功，请检查网络后重试。")),
      });
    });
  },

  isPageInWechat: () => false, // the mini-program logs in by itself

  leaveToLogIn() {},

  phoneCode() {
    return Promise.reject(new NotHere("请点“用微信手机号”按钮，由微信来问。"));
  },

  scan() {
    return new Promise((resolve, reject) => {
      wx.scanCode({
        scanType: ["qrCode"],
        success: (answer) => resolve(answer.result),
        fail: (error) =>
          reject(
            cancelled(error)
              ? new Cancelled("scan")
              : new NotHere("没有扫出来，请靠近一些再扫，或输入牌上的10位户码。"),
          ),
      });
    });
  },

  askForMessages(templates) {
    return new Promise((resolve) => {
      const asked = templates.slice(0, 3); // more at once is refused by older clients
      if (asked.length === 0) return resolve([]);
      wx.requestSubscribeMessage({
        tmplIds: asked,
        success: (answer) => {
          const said = answer as unknown as Record<string, string>;
          const consents: Consent[] = [];
          for (const template of asked) {
            const outcome = said[template];
            // "ban" and "filter" are WeChat's words, not the person's: neither a yes nor a no.
            if (outcome === "accept" || outcome === "reject") consents.push({ template, outcome });
          }
          resolve(consents);
        },
        fail: () => resolve([]), // 20004 and the like: messages are switched off altogether; nothing was granted
      });
    });
  },

  agreeToPrivacy,

  async place() {
    if (!(await agreeToPrivacy())) return null;
    return new Promise<Place | null>((resolve) => {
      wx.getLocation({
        type: "gcj02",
        success: ({ latitude, longitude }) => resolve({ latitude, longitude }),
        fail: () => resolve(null),
      });
    });
  },

  async knownPlace() {
    const agreed = await new Promise<boolean>((resolve) => {
      if (typeof wx.getPrivacySetting !== "function") return resolve(true);
      wx.getPrivacySetting({
        success: ({ needAuthorization }) => resolve(!needAuthorization),
        fail: () => resolve(false),
      });
    });
    if (!agreed) return null;
    const allowed = await new Promise<boolean>((resolve) => {
      wx.getSetting({
        success: ({ authSetting }) => resolve(authSetting["scope.userLocation"] === true),
        fail: () => resolve(false),
      });
    });
    return allowed ? weixin.place() : null;
  },

  async choosePictures(atMost) {
    await afterPrivacy();
    const chosen = await new Promise<Picture[]>((resolve, reject) => {
      wx.chooseMedia({
        count: atMost,
        mediaType: ["image"],
        sizeType: ["compressed"],
        success: ({ tempFiles }) =>
          resolve(tempFiles.map((file) => ({ path: file.tempFilePath, bytes: file.size }))),
        fail: (error) =>
          reject(
            cancelled(error)
              ? new Cancelled("pictures")
              : new NotHere("打不开相机，请在微信设置里允许使用相机。"),
          ),
      });
    });
    const pictures: Picture[] = [];
    for (const picture of chosen) pictures.push(await scaled(picture));
    return pictures;
  },

  keepPicture(path) {
    return new Promise((resolve, reject) => {
      wx.getFileSystemManager().saveFile({
        tempFilePath: path,
        success: (answer) => resolve(answer.savedFilePath as string),
        fail: () => reject(new NotHere("手机存不下这张照片了。")),
      });
    });
  },

  pictureFor(kept) {
    return new Promise((resolve) => {
      wx.getFileSystemManager().access({
        path: kept,
        success: () => resolve(kept),
        fail: () => resolve(null),
      });
    });
  },

  dropPicture(kept) {
    return new Promise((resolve) => {
      wx.getFileSystemManager().removeSavedFile({ filePath: kept, complete: () => resolve() });
    });
  },

  call(number) {
    wx.makePhoneCall({ phoneNumber: number, fail: () => undefined });
  },

  canSpeak: () => speech() !== null,

  speak(text) {
    return new Promise((resolve, reject) => {
      const plugin = speech();
      if (!plugin) return reject(new NotHere("这台手机不能朗读。"));
      plugin.textToSpeech({
        lang: "zh_CN",
        tts: true,
        content: text.slice(0, 300), // the plugin takes no more than a thousand bytes
        success: ({ filename }) => {
          const audio = wx.createInnerAudioContext();
          audio.src = filename;
          const over = () => {
            sounding = null;
            audio.destroy();
            resolve();
          };
          sounding = { stop: () => audio.stop() };
          audio.onEnded(over);
          audio.onStop(over);
          audio.onError(over);
          audio.play();
        },
        fail: () => reject(new NotHere("没有读出来，请稍后再试。")),
      });
    });
  },

  stopSpeaking() {
    sounding?.stop();
  },

  letterScale() {
    const size = wx.getAppBaseInfo?.().fontSizeSetting ?? 16;
    return Math.min(1.5, Math.max(1, size / 16));
  },
};

let connected = true;

export const online: Online = {
  get now() {
    return connected;
  },
  onChange(heard) {
    wx.getNetworkType({ success: ({ networkType }) => (connected = networkType !== "none") });
    wx.onNetworkStatusChange(({ isConnected }) => {
      connected = isConnected;
      heard(isConnected);
    });
  },
};
