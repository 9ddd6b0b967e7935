import { beforeEach, expect, test, vi } from "vitest";
import { Cancelled, NotHere } from "./contract";
import { online, weixin } from "./weixin";

/** WeChat as its documentation has it: every call takes an object and answers one of its two functions. */
type Given = Record<string, unknown> & {
  success?: (answer: unknown) => void;
  fail?: (error: unknown) => void;
  complete?: () => void;
};
const asked: Record<string, Given[]> = {};
function wxWith(answers: Record<string, { ok?: unknown; no?: unknown } | unknown>): void {
  for (const name of Object.keys(asked)) delete asked[name];
  const fake: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries(answers)) {
    fake[name] =
      typeof answer === "function"
        ? answer
        : (given: Given) => {
            (asked[name] ??= []).push(given);
            const { ok, no } = answer as { ok?: unknown; no?: unknown };
            if (no !== undefined) given.fail?.(no);
            else given.success?.(ok);
            given.complete?.();
          };
  }
  vi.stubGlobal("wx", fake);
}
const PRIVACY = { requirePrivacyAuthorize: { ok: {} } };
beforeEach(() => vi.unstubAllGlobals());

test("login hands over WeChat's code, and says so when there is none", async () => {
  wxWith({ login: { ok: { code: "081abc" } } });
  expect(await weixin.loginCode()).toBe("081abc");
  wxWith({ login: { ok: { code: "" } } });
  await expect(weixin.loginCode()).rejects.toBeInstanceOf(NotHere);
  wxWith({ login: { no: { errMsg: "login:fail timeout" } } });
  await expect(weixin.loginCode()).rejects.toThrow("请检查网络");
});

test("a scan that the person closes is nobody's error; one that fails says what to do", async () => {
  wxWith({ scanCode: { ok: { result: "https://example.org/q/ABCDE23456" } } });
  expect(await weixin.scan()).toBe("https://example.org/q/ABCDE23456");
  wxWith({ scanCode: { no: { errMsg: "scanCode:fail cancel" } } });
  await expect(weixin.scan()).rejects.toBeInstanceOf(Cancelled);
  wxWith({ scanCode: { no: { errMsg: "scanCode:fail" } } });
  await expect(weixin.scan()).rejects.toThrow("10位户码");
});

test("at most three templates are asked for, and only a yes or a no of the person is reported", async () => {
  wxWith({
    requestSubscribeMessage: {
      ok: { a: "accept", b: "reject", c: "ban", errMsg: "requestSubscribeMessage:ok" },
    },
  });
  expect(await weixin.askForMessages(["a", "b", "c", "d"])).toEqual([
    { template: "a", outcome: "accept" },
    { template: "b", outcome: "reject" },
  ]);
  expect(asked.requestSubscribeMessage?.[0]?.tmplIds).toEqual(["a", "b", "c"]);
});

test("messages switched off altogether grant nothing, and nothing is asked where no template is named", async () => {
  wxWith({ requestSubscribeMessage: { no: { errCode: 20004 } } });
  expect(await weixin.askForMessages(["a"])).toEqual([]);
  expect(await weixin.askForMessages([])).toEqual([]);
  expect(asked.requestSubscribeMessage).toHaveLength(1);
});

test("no private call is made before the privacy statement is agreed to", async () => {
  const pictures = { ok: { tempFiles: [{ tempFilePath: "wxfile://a.jpg", size: 1234 }] } };
  const where = { ok: { latitude: 39.3, longitude: 112.4 } };
  wxWith({ requirePrivacyAuthorize: { no: {} }, chooseMedia: pictures, getLocation: where });
  await expect(weixin.choosePictures(2)).rejects.toBeInstanceOf(Cancelled);
  expect(await weixin.place()).toBeNull();
  expect(asked.chooseMedia).toBeUndefined();
  expect(asked.getLocation).toBeUndefined();

  wxWith({ ...PRIVACY, chooseMedia: pictures, getLocation: where });
  expect(await weixin.choosePictures(2)).toEqual([{ path: "wxfile://a.jpg", bytes: 1234 }]);
  expect(asked.chooseMedia?.[0]?.count).toBe(2);
  expect(await weixin.place()).toEqual({ latitude: 39.3, longitude: 112.4 });
});

/** What the phone answers about one picture of 48 million dots that WeChat left at 9 MB. */
const LARGE = { ok: { tempFiles: [{ tempFilePath: "wxfile://large.jpg", size: 9_000_000 }] } };
function files(size: number) {
  return () => ({
    getFileInfo: (given: Given) =>
      size ? given.success?.({ size }) : given.fail?.({ errMsg: "getFileInfo:fail" }),
  });
}

test("a large picture is scaled by its longer side before it is sent, a small one is left alone", async () => {
  const smaller = { ok: { tempFilePath: "wxfile://small.jpg" } };
  const of = (width: number, height: number, orientation: string) => ({ ok: { width, height, orientation } });
  const ways: [ReturnType<typeof of>, object][] = [
    [of(8000, 6000, "up"), { compressedWidth: 2560 }],
    [of(6000, 8000, "up"), { compressedHeight: 2560 }],
    [of(8000, 6000, "right"), { compressedHeight: 2560 }],
    [of(2000, 1500, "up"), { compressedWidth: 2000 }],
  ];
  for (const [getImageInfo, side] of ways) {
    wxWith({
      ...PRIVACY,
      chooseMedia: LARGE,
      getImageInfo,
      compressImage: smaller,
      getFileSystemManager: files(400_000),
    });
    expect(await weixin.choosePictures(1)).toEqual([{ path: "wxfile://small.jpg", bytes: 400_000 }]);
    expect(asked.chooseMedia?.[0]?.sizeType).toEqual(["compressed"]);
    const { src, quality, compressedWidth, compressedHeight } = asked.compressImage?.[0] ?? {};
    expect({ src, quality }).toEqual({ src: "wxfile://large.jpg", quality: 85 });
    expect({ compressedWidth, compressedHeight }).toEqual({
      compressedWidth: undefined,
      compressedHeight: undefined,
      ...side,
    });
  }
  const fits = { ok: { tempFiles: [{ tempFilePath: "wxfile://a.jpg", size: 300_000 }] } };
  wxWith({ ...PRIVACY, chooseMedia: fits, getImageInfo: of(1600, 1200, "up"), compressImage: smaller });
  expect(await weixin.choosePictures(1)).toEqual([{ path: "wxfile://a.jpg", bytes: 300_000 }]);
  expect(asked.compressImage).toBeUndefined();
});

test("a picture that the phone cannot scale is sent as it is", async () => {
  const asItIs = [{ path: "wxfile://large.jpg", bytes: 9_000_000 }];
  const large = { ok: { width: 8000, height: 6000, orientation: "up" } };
  const smaller = { ok: { tempFilePath: "wxfile://small.jpg" } };
  const no = { no: { errMsg: "fail: not supported" } };
  for (const [getImageInfo, compressImage, size] of [
    [no, smaller, 1],
    [large, no, 1],
    [large, smaller, 0],
  ] as const) {
    wxWith({
      ...PRIVACY,
      chooseMedia: LARGE,
      getImageInfo,
      compressImage,
      getFileSystemManager: files(size),
    });
    expect(await weixin.choosePictures(1)).toEqual(asItIs);
  }
  wxWith({ ...PRIVACY, chooseMedia: LARGE }); // a client that has none of these calls
  expect(await weixin.choosePictures(1)).toEqual(asItIs);
});

test("a client older than the privacy gate is not locked out by it", async () => {
  wxWith({ getLocation: { ok: { latitude: 1, longitude: 2 } } });
  expect(await weixin.place()).toEqual({ latitude: 1, longitude: 2 });
});

test("a place that is refused is unknown, and a closed camera is nobody's error", async () => {
  wxWith({ ...PRIVACY, getLocation: { no: { errMsg: "getLocation:fail auth deny" } } });
  expect(await weixin.place()).toBeNull();
  wxWith({ ...PRIVACY, chooseMedia: { no: { errMsg: "chooseMedia:fail cancel" } } });
  await expect(weixin.choosePictures(1)).rejects.toBeInstanceOf(Cancelled);
  wxWith({ ...PRIVACY, chooseMedia: { no: { errMsg: "chooseMedia:fail system" } } });
  await expect(weixin.choosePictures(1)).rejects.toThrow("允许使用相机");
});

test("reading aloud is only offered with WeChat's plugin, and ends when the sound does", async () => {
  wxWith({});
  expect(weixin.canSpeak()).toBe(false);
  await expect(weixin.speak("通知")).rejects.toBeInstanceOf(NotHere);

  const said: string[] = [];
  let ended: () => void = () => undefined;
  const audio = {
    src: "",
    onEnded: (then: () => void) => (ended = then),
    onStop: (then: () => void) => (audio.stop = then),
    onError: () => undefined,
    play: () => undefined,
    stop: () => undefined as void,
    destroy: () => undefined,
  };
  wxWith({ createInnerAudioContext: () => audio });
  vi.stubGlobal("requirePlugin", () => ({
    textToSpeech: (given: { content: string; success: (answer: { filename: string }) => void }) => {
      said.push(given.content);
      given.success({ filename: "tts.mp3" });
    },
  }));
  expect(weixin.canSpeak()).toBe(true);
  const whole = weixin.speak("明天上午有人来装炉具。");
  ended();
  await whole;
  const broken = weixin.speak("再读一遍");
  weixin.stopSpeaking();
  await broken;
  expect(said).toEqual(["明天上午有人来装炉具。", "再读一遍"]);
});

test("letters grow with WeChat's own setting, within what the pages can hold", () => {
  const at = (size?: number) => {
    wxWith({ getAppBaseInfo: () => ({ fontSizeSetting: size }) });
    return weixin.letterScale();
  };
  expect([at(undefined), at(16), at(20), at(40), at(12)]).toEqual([1, 1, 1.25, 1.5, 1]);
});

test("the end of a connection is heard", () => {
  let tell: (state: { isConnected: boolean }) => void = () => undefined;
  wxWith({
    getNetworkType: { ok: { networkType: "4g" } },
    onNetworkStatusChange: (heard: typeof tell) => (tell = heard),
  });
  const heard: boolean[] = [];
  online.onChange((is) => heard.push(is));
  tell({ isConnected: false });
  expect(online.now).toBe(false);
  tell({ isConnected: true });
  expect([heard, online.now]).toEqual([[false, true], true]);
});
