import { expect, it } from "vitest";
import { changesOf, type Effects } from "../../../src/provider/changes";
import { UNKNOWN, type Values } from "../../../src/provider/values";

const EFFECTS: Effects = { a: "update", "a.b": "replace", list: "replace", files: "replace" };

it.each<[string, Values, Values, string[]]>([
  ["nothing", { a: { x: 1 }, list: [1, [2]] }, { a: { x: 1 }, list: [1, [2]] }, []],
  ["what no effect is of", { other: 1 }, { other: 2 }, []],
  ["a property below", { a: { x: 1, y: 2 } }, { a: { x: 1, y: 3 } }, ["update a.y update"]],
  ["one with an effect of its own", { a: { b: 1 } }, { a: { b: 2 } }, ["update a.b replace"]],
  ["one that is new", { a: {} }, { a: { x: 1 } }, ["add a.x update"]],
  ["a whole that is new", {}, { a: { b: 1, x: 1 } }, ["add a.b replace", "add a.x update"]],
  ["a whole that is gone", { a: { b: 1 } }, {}, ["delete a.b replace"]],
  ["an item of a list", { list: [1, 2] }, { list: [1, 3] }, ["update list replace"]],
  ["a list's length", { list: [1] }, { list: [1, 2] }, ["update list replace"]],
  ["what is not known yet", { list: [1] }, { list: [UNKNOWN] }, ["update list replace"]],
  ["null for nothing", { a: null }, {}, []],
  ["a key that is no name", { files: { "/a b": 1 } }, { files: { "/a b": 2 } }, ['update files["/a b"] replace']],
])("%s", (_, olds, news, expected) => {
  expect(changesOf(olds, news, EFFECTS).map(({ kind, path, effect }) => `${kind} ${path} ${effect}`)).toEqual(expected);
});
