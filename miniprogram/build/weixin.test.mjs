import { describe, expect, it } from "vitest";
import { elementsOf, faultsOfWxml } from "./wxml.mjs";
import { faultsOfStyles } from "./wxss.mjs";

describe("a template", () => {
    it.each([
        [
            `<view class="{{['a', b && 'c']}}" wx:if="{{x && y > 2}}"><text>{{a < b ? 1 : 2}} 元</text><image/></view>`,
        ],
        [`<input wx:if="{{a}}" value="{{v}}" disabled/><block wx:else><slot name="d-{{i}}"/></block>`],
        [""],
    ])("that is well formed has no fault: %s", (text) => {
        expect(faultsOfWxml(text)).toEqual([]);
    });

    it.each([
        ["an element that is not closed", "<view><text></view>"],
        ["an end without a beginning", "<view/></view>"],
        ["ends that cross", "<view><text></view></text>"],
        ["a file that breaks off", "<view"],
        ["a comment that breaks off", "<view/><!-- and then"],
        ["an attribute twice", `<view class="a" class="b"/>`],
        ["the same event twice", `<view bindtap="x" bindtap="y"/>`],
        ["a value without quotes", "<view class=a/>"],
        ["a quote that is not closed", `<view class="a>x</view>`],
        ["no space between attributes", `<view class="a"id="b"/>`],
        ["braces open in text", "<view>{{ a </view>"],
        ["braces closed in text", "<view>a }}</view>"],
        ["braces open in an attribute", `<view class="a {{b}} {{c">x</view>`],
        ["braces closed in an attribute", `<view class="a {{b}} c}}">x</view>`],
        ["an expression that is none", "<view>{{ a + }}</view>"],
    ])("with %s is found", (_, text) => {
        expect(faultsOfWxml(text)).not.toEqual([]);
    });

    it("tells the classes that an element may have", () => {
        const [root] = elementsOf(
            `<view class="{{['a', 'v-1', x && 'b', y ? 'c' : 'd']}}"><text class="e {{f}}"/></view>`,
        );
        expect([...root.classes]).toEqual(["a", "v-1", "b", "c", "d"]);
        expect([root.open, root.children[0].open]).toEqual([false, true]);
    });
});

/** The faults of one component's styles. */
function faults(wxml, wxss, more = {}) {
    return faultsOfStyles([
        { name: "Fact", kind: "component", hosted: true, roots: elementsOf(wxml), wxss, ...more },
    ]);
}
const LINE = `<view class="fact v"><text class="label v"/><text class="value v"/></view>`;

describe("a style", () => {
    it.each([
        ".fact.v:last-child{border:0}",
        ".fact.v:first-child{border:0}",
        ".fact.v:nth-child(2n + 1){border:0}",
        ".fact.v:not(:last-child){border:0}",
        ".fact.v:only-of-type .label{border:0}",
        "@media (min-width: 300px){.a, .fact:last-of-type{border:0}}",
        ".fact+.fact{margin:0}",
        ".fact~.fact{margin:0}",
        ".list>.fact{margin:0}",
        ".fact{flex:1}",
        ".fact.v{align-self:flex-end}",
        ".fact{position:sticky}",
    ])("of a component's root that its host hides is found: %s", (wxss) => {
        expect(faults(LINE, wxss)).toHaveLength(1);
    });

    it.each([
        ".label.v:first-child{margin:0}",
        ".fact>.label{margin:0}",
        ".label+.value{margin:0}",
        ".fact .label{flex:1}",
        ".fact:active{opacity:1}",
        "@keyframes turn{from{flex:1}to{flex:0}}",
    ])("of what stands within one component is left alone: %s", (wxss) => {
        expect(faults(LINE, wxss)).toEqual([]);
    });

    it("is found through a block, in a root of several, and in a class that is only known while it runs", () => {
        const several = `<block wx:if="{{a}}"><view class="one"/></block><view class="{{['two', b]}}"/>`;
        expect(faults(several, ".one:last-child{margin:0}")).toHaveLength(1);
        expect(faults(several, ".two.warm:last-child{margin:0}")).toHaveLength(1);
    });

    it("that reaches from one component into another is found", () => {
        expect(faults(LINE, ".fact>.inner{margin:0}")).toHaveLength(1);
        expect(faults(LINE, ".label+.elsewhere{margin:0}")).toHaveLength(1);
    });

    it("may ask anything of a page's root, or of a component that WeChat draws without a host", () => {
        expect(faults(LINE, ".fact:last-child{flex:1}", { hosted: false })).toEqual([]);
        expect(faults(LINE, ".fact:last-child{flex:1}", { kind: "page", hosted: false })).toEqual([]);
    });

    it("of the whole app reaches every component's root", () => {
        const app = {
            name: "app",
            kind: "app",
            hosted: false,
            roots: [],
            wxss: ".screen .fact:last-child{margin:0}",
        };
        const fact = { name: "Fact", kind: "component", hosted: true, roots: elementsOf(LINE), wxss: "" };
        expect(faultsOfStyles([app, fact])).toHaveLength(1);
        expect(faultsOfStyles([app])).toEqual([]);
    });

    it.each(["text{margin:0}", "#one{margin:0}", "[hidden]{margin:0}"])(
        "of a component names classes only, as WeChat asks: %s",
        (wxss) => {
            expect(faults(LINE, wxss)).toHaveLength(1);
        },
    );
});
