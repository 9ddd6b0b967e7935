// Let WeChat's own compiler read a finished build: `node compile.mjs FOLDER`. It needs no account and no network: the key is made
// for this run and thrown away, and what it would ask WeChat's servers is answered here. It finds what those would refuse
// at an upload: JSON that is none, pages and components that are not there, scripts that do not parse, packages that are too
// large. Prints what it found; fails on an error.
import { generateKeyPairSync } from "node:crypto";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { inspect } from "node:util";

const require = createRequire(import.meta.url);
const folder = resolve(process.argv[2] ?? "../dist/build/mp-weixin");
const shown = relative(process.cwd(), folder) || folder;
// It leaves its caches where it is started.
const place = mkdtempSync(join(tmpdir(), "official-compiler-"));
process.chdir(place);
process.on("exit", () => rmSync(place, { recursive: true, force: true }));

/** What WeChat knows of an account, as it is for an ordinary one; limits in MB and in numbers. */
const ACCOUNT = {
    platform: false,
    appType: 0,
    isSandbox: false,
    released: false,
    setting: {
        MaxCodeSize: 2,
        MaxSubpackageSubCodeSize: 2,
        MaxSubpackageFullCodeSize: 30,
        NavigateMiniprogramLimit: 10,
        MaxSubPackageLimit: 100,
        MinTabbarCount: 2,
        MaxTabbarCount: 5,
        MaxTabbarIconSize: 40,
    },
};

// -- no network: its only way there is the package `request`, as it finds it itself

const ci = require.resolve("miniprogram-ci");
const way = createRequire(ci).resolve("request");
const unanswered = [];
require.cache[way] = { id: way, filename: way, loaded: true, exports: asked, children: [], paths: [] };
function asked(options, answer) {
    const address = new URL(typeof options === "string" ? options : options.url);
    process.nextTick(() => {
        // An empty list of further file types: the compiler's own stands.
        if (address.pathname.endsWith("/getwhiteextlist"))
            return answer(null, { statusCode: 200 }, JSON.stringify({ errCode: 0, data: {} }));
        unanswered.push(address.origin + address.pathname);
        answer(new Error("not asked: the compiler runs without a network"));
    });
    return Object.assign(new EventEmitter(), { abort: () => undefined });
}

// -- what it says on its way: warnings and errors are kept, the rest is noise

const said = [];
for (const channel of ["log", "info", "warn", "error"]) {
    console[channel] = (...words) => {
        const text = words.map((word) => (typeof word === "string" ? word : inspect(word))).join(" ");
        if (/^msg-(warn|error)\b|^\[(warn|error)\]/.test(text)) said.push(text);
    };
}
const say = (text) => process.stdout.write(`official compiler: ${text}\n`);

const { Project, getCompiledResult } = require(ci);
const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
});
const project = new Project({
    appid: "wx0000000000000000", // the guest's id is none that it takes
    type: "miniProgram",
    projectPath: folder,
    privateKey,
    ignores: [".inputs"],
});
project.attr = async () => ACCOUNT;

const began = Date.now();
let failed = false;
try {
    const files = await getCompiledResult({
        project,
        version: "0.0.0",
        desc: "",
        setting: { es6: true, minify: true },
        onProgressUpdate: () => undefined,
    });
    const names = Object.keys(files);
    const bytes = names.reduce((sum, name) => sum + Buffer.byteLength(files[name]), 0);
    const { version } = require("miniprogram-ci/package.json");
    say(
        `miniprogram-ci ${version} compiled ${shown} in ${Math.round((Date.now() - began) / 1000)} s: ` +
            `${names.length} files, ${(bytes / 1024 / 1024).toFixed(2)} MB`,
    );
    if (names.length === 0) throw new Error("nothing came out of it");
} catch (error) {
    failed = true;
    say(`REFUSED ${error.code ?? ""} ${error.message}`);
}
for (const text of said) say(text);
for (const address of new Set(unanswered)) say(`not asked: ${address}`);
if (said.some((text) => /^msg-error\b|^\[error\]/.test(text))) failed = true;
say(failed ? "it found errors" : `${said.length} warnings, no errors`);
process.exit(failed ? 1 : 0);
