// What WeChat would read otherwise than it was meant, in a finished build: `node build/weixin.mjs FOLDER` prints every fault,
// one a line, and fails if there is one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { elementsOf, faultsOfWxml } from "./wxml.mjs";
import { faultsOfStyles } from "./wxss.mjs";

/** All faults of the build in a folder, in words; raises for a folder that is no build. */
export function faultsOfBuild(folder) {
    const app = JSON.parse(readFileSync(join(folder, "app.json"), "utf-8"));
    const templates = readdirSync(folder, { recursive: true, encoding: "utf-8" })
        .filter((name) => name.endsWith(".wxml"))
        .sort();
    const text = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf-8") : "");
    const pages = new Set([
        ...app.pages,
        ...(app.subPackages ?? []).flatMap(({ root, pages }) => pages.map((page) => `${root}/${page}`)),
    ]);
    const parts = templates.map((template) => {
        const name = template.replace(/\.wxml$/, "");
        const page = pages.has(name.split("\\").join("/"));
        return {
            name,
            kind: page ? "page" : "component",
            hosted: !page && !/virtualHost:\s*(!0|true)/.test(text(`${name}.js`)),
            roots: elementsOf(text(template)),
            wxss: text(`${name}.wxss`),
        };
    });
    const everywhere = { name: "app", kind: "app", hosted: false, roots: [], wxss: text("app.wxss") };
    return {
        templates: templates.length,
        faults: [
            ...templates.flatMap((name) => faultsOfWxml(text(name)).map((fault) => `${name}: ${fault}`)),
            ...faultsOfStyles([everywhere, ...parts]),
        ],
    };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
    const folder = resolve(process.argv[2] ?? "dist/build/mp-weixin");
    const { templates, faults } = faultsOfBuild(folder);
    for (const fault of faults) console.error(fault);
    console.log(`${relative(process.cwd(), folder)}: ${templates} templates, ${faults.length} faults`);
    process.exit(faults.length ? 1 : 0);
}
