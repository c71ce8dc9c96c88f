import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import type { Fields, Type } from "../../../../src/provider/docker/shape/fields";
import { PROVIDER_SHAPE, STATE_SHAPE } from "../../../../src/provider/docker/shape/state-shape";

// The table of state shapes against the declarations that the vendor ships.

const FOLDER = join(__dirname, "../../../../node_modules/@pulumi/docker");

/** The vendor's declarations, by interface or class. */
class Declarations {
  private readonly files = new Map<string, ts.SourceFile>();

  /** Properties of an interface, or of a class but its constructor and statics. */
  fieldsOf(file: string, name: string): Fields {
    const found: Record<string, Type> = {};
    for (const [property, type] of this.properties(file, name)) found[property] = this.typeOf(type);
    return found;
  }

  /** Which of them are never undefined. */
  requiredOf(file: string, name: string): string[] {
    const found = this.properties(file, name).filter(([, type]) => !type.getText().includes("| undefined"));
    return found.map(([property]) => property);
  }

  private properties(file: string, name: string): [string, ts.TypeNode][] {
    const source = this.source(file);
    const declared = source.statements.find(
      (node): node is ts.ClassDeclaration | ts.InterfaceDeclaration =>
        (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name?.text === name,
    );
    if (declared === undefined) throw new Error(`${file} does not declare ${name}`);
    return declared.members.flatMap((member): [string, ts.TypeNode][] => {
      const isProperty = ts.isPropertyDeclaration(member) || ts.isPropertySignature(member);
      return isProperty && member.type !== undefined ? [[member.name.getText(), member.type]] : [];
    });
  }

  private source(file: string): ts.SourceFile {
    const text = readFileSync(join(FOLDER, `${file}.d.ts`), "utf8");
    const source =
      this.files.get(file) ?? ts.createSourceFile(file, text, ts.ScriptTarget.Latest, /* setParentNodes */ true);
    this.files.set(file, source);
    return source;
  }

  private typeOf(node: ts.TypeNode): Type {
    if (ts.isUnionTypeNode(node)) {
      const kinds = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
      if (kinds.length !== 1) throw new Error(`a union: ${node.getText()}`);
      return this.typeOf(kinds[0] as ts.TypeNode);
    }
    if (ts.isArrayTypeNode(node)) {
      const element = this.typeOf(node.elementType);
      if (element === "string") return "strings";
      if (typeof element === "object" && "object" in element) return { list: element.object };
      throw new Error(`a list: ${node.getText()}`);
    }
    if (ts.isTypeLiteralNode(node)) return "map";
    if (!ts.isTypeReferenceNode(node)) return node.getText() as Type;
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if ((name === "pulumi.Input" || name === "pulumi.Output") && argument) return this.typeOf(argument);
    const [, file, inner = ""] = /^(input|output)s\.(\w+)$/.exec(name) ?? [];
    if (file === undefined) throw new Error(`a type: ${node.getText()}`);
    return { object: this.fieldsOf(`types/${file}`, inner) };
  }
}

const vendor = new Declarations();

describe.each(Object.entries(STATE_SHAPE))("%s", (token, { inputs, computed, found }) => {
  const [, file = "", name = ""] = /^docker:index\/(\w+):(\w+)$/.exec(token) ?? [];

  it("takes what the vendor declares, and nothing else", () => {
    expect(inputs).toEqual(vendor.fieldsOf(file, `${name}Args`));
  });

  it("gives what the vendor declares, and nothing else", () => {
    expect({ ...inputs, ...computed }).toEqual(vendor.fieldsOf(file, name));
  });

  it("always gives what the vendor never leaves out", () => {
    expect([...Object.keys(computed), ...found].sort()).toEqual(vendor.requiredOf(file, name).sort());
  });
});

it("the provider takes what the vendor declares, and nothing else", () => {
  expect(PROVIDER_SHAPE).toEqual(vendor.fieldsOf("provider", "ProviderArgs"));
});

it("a name or a type that differs would be found out", () => {
  const declared = vendor.fieldsOf("volume", "VolumeArgs");
  expect({ ...declared, size: "number" }).not.toEqual(declared);
  expect({ ...declared, driver: "strings" }).not.toEqual(declared);
});
