// Styles that mean another thing in WeChat than in a browser. There each use of a component is an element of its own, the
// host, and the component's root is that element's only child. So a selector that asks where a root stands among its siblings
// is always answered "first and last", one that asks for its parent or neighbour never finds it, and what a root says to the
// box around it (flex, align-self, …) is said to the host, which does not listen.
import postcss from "postcss";
import selectorParser from "postcss-selector-parser";

const PLACE = /^::?(first|last|only|nth)-/;
const TO_THE_PARENT =
    /^(flex|flex-(grow|shrink|basis)|align-self|justify-self|place-self|order|grid-(area|row|column).*)$/;
const NESTING = new Set([":not", ":is", ":where", ":has"]);

/**
 * @typedef {import("./wxml.mjs").Element} Element
 * @typedef {{ name: string, kind: "app" | "page" | "component", hosted: boolean, roots: Element[], wxss: string }} Part
 * `hosted`: WeChat draws a host around its roots (a component without `virtualHost`).
 */

/** Every fault of all styles, in words. @param {Part[]} parts */
export function faultsOfStyles(parts) {
    return parts.flatMap((part) => {
        const reach = part.kind === "app" ? parts : [part];
        const faults = new Set();
        postcss.parse(part.wxss).walkRules((rule) => {
            if (rule.parent.type === "atrule" && /keyframes$/.test(rule.parent.name)) return;
            selectorParser((list) => {
                for (const selector of list.nodes) {
                    for (const fault of faultsOf(selector, rule, reach, part))
                        faults.add(`${part.name}: ${fault}`);
                }
            }).processSync(rule.selector);
        });
        return [...faults];
    });
}

function faultsOf(selector, rule, reach, part) {
    const { compounds, combinators } = split(selector);
    const written = String(selector).trim();
    const faults = [];
    const isRoot = (compound) =>
        reach.some(
            (each) => each.hosted && each.roots.some((root) => matches(root, compound, each, each === part)),
        );
    for (const compound of compounds) {
        if (placed(compound) && isRoot(compound))
            faults.push(`${written} asks for the place of a component's root, which is alone in its host`);
        if (
            part.kind === "component" &&
            compound.some(({ type }) => ["tag", "id", "attribute"].includes(type))
        )
            faults.push(`${written}: WeChat takes classes only in a component's styles`);
    }
    combinators.forEach((combinator, at) => {
        const [left, right] = [compounds[at], compounds[at + 1]];
        if (combinator === " ") return;
        if (isRoot(right) || (combinator !== ">" && isRoot(left)))
            faults.push(
                `${written} asks for what stands beside or around a component's root: only its host does`,
            );
        else if (!reach.some((each) => pairs(each, left, right, combinator)))
            faults.push(`${written} finds nothing within one component: between two there is a host`);
    });
    if (isRoot(compounds.at(-1))) {
        rule.walkDecls((declaration) => {
            if (TO_THE_PARENT.test(declaration.prop) || /^sticky$/.test(declaration.value))
                faults.push(
                    `${written} { ${declaration} } on a component's root says it to the host, not to what is around`,
                );
        });
    }
    return faults;
}

/** A selector's compounds, left to right, and what joins them. */
function split(selector) {
    const compounds = [[]];
    const combinators = [];
    for (const node of selector.nodes) {
        if (node.type === "combinator") {
            combinators.push(node.value.trim() || " ");
            compounds.push([]);
        } else if (node.type !== "comment") compounds.at(-1).push(node);
    }
    return { compounds, combinators };
}

function placed(compound) {
    return compound.some(
        (node) =>
            node.type === "pseudo" &&
            (PLACE.test(node.value) ||
                (NESTING.has(node.value) && node.nodes.some((each) => placed(each.nodes)))),
    );
}

/**
 * Whether an element may be one that the compound names; what it says of states and places is left aside. A class that is only
 * known while it runs may be any that the component's own styles name.
 */
function matches(element, compound, part, ownStyles = true) {
    const named = compound.filter((node) => ["class", "tag", "id", "attribute"].includes(node.type));
    return (
        named.length > 0 &&
        named.every((node) => {
            if (node.type === "tag") return node.value === element.tag;
            if (node.type !== "class") return false;
            if (element.classes.has(node.value)) return true;
            // Unless another element of the file has it as it stands: then it is meant there.
            return (
                ownStyles &&
                element.open &&
                !everyElement(part.roots).some((each) => each.classes.has(node.value))
            );
        })
    );
}

function* walked(elements) {
    for (const element of elements) {
        yield element;
        yield* walked(element.children);
    }
}
const everyElement = (roots) => [...walked(roots)];

function pairs(part, left, right, combinator) {
    return everyElement(part.roots).some((element) => {
        if (!matches(element, right, part)) return false;
        if (combinator === ">") return element.parent !== null && matches(element.parent, left, part);
        const among = element.parent ? element.parent.children : part.roots;
        const before = among.slice(0, among.indexOf(element) + 1); // itself too: it may be repeated
        return before.some((each) => matches(each, left, part));
    });
}
