// WXML as WeChat reads it: whether a file is well formed, and the tree of its elements for those who look at its styles.
//
// Two readers. `glass-easel-template-compiler` is WeChat's own (the component framework of its newer base library, compiled
// to WebAssembly, no dependencies): it judges tags, attributes, quotes and the expressions between {{ }}. It hands out no
// tree, and forgives three things that the older compiler does not; so Vue's parser, which is here anyway, reads the tree,
// and the three are looked for in it.
import { parse } from "@vue/compiler-dom";
import { TmplGroup } from "glass-easel-template-compiler";

const ELEMENT = 1;
const TEXT = 2;

/**
 * @typedef {{ tag: string, classes: Set<string>, open: boolean, parent: Element | null, children: Element[] }} Element
 * `classes`: those it has or may have; `open`: a part of them is only known while it runs. `parent` null: a root. A `block` is
 * no element.
 */

/** Every fault of one file, in words; none: it is well formed. */
export function faultsOfWxml(text) {
    const faults = TmplGroup.newDev()
        .addTmpl("it", text)
        .map((fault) => fault.message);
    readTree(text, (fault) => faults.push(fault));
    return [...new Set(faults)];
}

/** Its root elements. @returns {Element[]} */
export function elementsOf(text) {
    return readTree(text, () => undefined);
}

function readTree(text, fault) {
    const tree = parse(text, {
        parseMode: "base",
        isVoidTag: () => false,
        onError: (error) => fault(error.message),
    });
    const roots = [];
    const walk = (nodes, parent) => {
        for (const node of nodes) {
            if (node.type === TEXT && /\{\{|\}\}/.test(node.content))
                fault(`{{ }} not balanced: ${node.content.trim()}`);
            if (node.type !== ELEMENT) continue;
            looseAttributes(node.props, fault);
            if (node.tag === "block") {
                walk(node.children, parent);
                continue;
            }
            const written = node.props.find((each) => each.name === "class")?.value?.content ?? "";
            const element = { tag: node.tag, ...classesOf(written), parent, children: [] };
            (parent ? parent.children : roots).push(element);
            walk(node.children, element);
        }
    };
    walk(tree.children, null);
    return roots;
}

function looseAttributes(props, fault) {
    props.forEach((each, at) => {
        if (at > 0 && props[at - 1].loc.end.offset === each.loc.start.offset)
            fault(`no space before the attribute ${each.name}`);
        const value = each.value?.content ?? "";
        if (value.split("{{").length !== value.split("}}").length)
            fault(`{{ }} not balanced: ${each.name}="${value}"`);
    });
}

/** What `class` may hold: words as they stand, and the strings of an expression. */
function classesOf(written) {
    const classes = new Set();
    let open = false;
    const fixed = written.replace(/\{\{(.*?)\}\}/g, (_, expression) => {
        const bare = expression.replace(/'([^']*)'|"([^"]*)"/g, (_all, one, other) => {
            for (const name of (one ?? other).split(/\s+/)) if (name) classes.add(name);
            return "''";
        });
        // What is left beside strings and the conditions in front of them is a name that is only known while it runs.
        if (/[\w$\])]/.test(bare.replace(/[^,[\]?:]+(&&|\?|\|\|)\s*(?='')/g, "").replace(/[[\],\s]/g, "")))
            open = true;
        return " ";
    });
    for (const name of fixed.split(/\s+/)) if (name) classes.add(name);
    return { classes, open };
}
