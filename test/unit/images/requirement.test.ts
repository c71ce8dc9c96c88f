import { describe, expect, it } from "vitest";
import { parseRequirement } from "../../../src/images/python/requirement";
import { parsePython, parseRequirements } from "../../../src/images/python/requirements";

const HASH = `--hash=sha256:${"a".repeat(64)}`;

describe("a requirement", () => {
  it.each([
    "numpy",
    "numpy==1.26.4",
    "zope.interface >= 5 , < 7",
    "pandas[performance, excel]==2.1.*",
    "requests (>=2,<3)",
    "torch==2.1.0+cpu",
    "a!=1!2.0",
    "pytest===7.0",
    'tomli>=2; python_version < "3.11"',
    `x; (os_name == 'posix' and python_version not in "3.8 3.9") or extra == "y"`,
    `numpy==1.26.4 ${HASH} ${HASH}`,
    `pip==24.0`,
  ])("may be %j", (text) => {
    expect(parseRequirement("p", text).text).toBe(text);
  });

  it.each([
    "",
    7,
    "-r other.txt",
    "--index-url=https://index.example/simple",
    "numpy --index-url=https://index.example/simple",
    "numpy == --index-url=x",
    'numpy; python_version < "3 --index-url=x"',
    'numpy; python_version < "3" --index-url=x',
    "numpy; --pre",
    "numpy --pre",
    `numpy ${HASH}x`,
    "numpy --hash=md5:00",
    "./numpy.whl",
    "numpy @ https://files.example/numpy.whl",
    "git+https://git.example/numpy",
    "numpy==",
    "numpy>=1,",
    "numpy (>=1",
    "numpy[",
    "numpy; python_version",
    "numpy; python_version <",
    "numpy; (python_version < '3'",
    "numpy pandas",
    "$HOME",
  ])("is not %j", (text) => {
    expect(() => parseRequirement("python[0]", text)).toThrow(/^python\[0\]: .* is not valid\.$/);
  });

  it("that is long and wrong is refused at once", () => {
    const began = Date.now();
    for (const text of [
      "a".repeat(50_000) + "=",
      "a" + ">=1,".repeat(20_000),
      "a; " + "(".repeat(5_000),
      "a; " + "(".repeat(1_000_000),
      "a==" + "1.".repeat(30_000) + "-",
    ]) {
      expect(() => parseRequirement("p", text)).toThrow(/^p: .{0,120} is not valid\.$/);
    }
    // A line of many that go on, which took minutes.
    expect(() => parseRequirements("r.txt", "a\\\n".repeat(100_000))).toThrow(/^python\.requirements: .{0,200}$/);
    // What backtracks takes years.
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

describe("requirements", () => {
  it("are sorted, each once, without comments, their lines joined", () => {
    const text = `# all\nb>=2 # two\n\na==1 \\\n    ${HASH} \\\n    ${HASH}\n`;
    expect(() => parseRequirements("r.txt", text)).toThrow('python.requirements: "b>=2" has no hash, and others have.');
    expect(parseRequirements("r.txt", text.replace("b>=2", `b==2 ${HASH}`))).toEqual([
      `a==1 ${HASH} ${HASH}`,
      `b==2 ${HASH}`,
    ]);
    expect(parsePython(["b", "a", "b"])).toEqual(["a", "b"]);
  });

  it.each<[unknown, string]>([
    ["numpy", 'python: "\\"numpy\\"" is not valid.'],
    [{ requirements: "" }, "python: "],
    [{ requirements: "./none.txt" }, 'python.requirements: "./none.txt" is no file'],
    [["a", "b c"], 'python[1]: "b c" is not valid.'],
  ])("are not %j", (python, message) => {
    expect(() => parsePython(python)).toThrow(message);
  });

  it("name the line of a file that is none", () => {
    expect(() => parseRequirements("r.txt", "a\n-e .\n")).toThrow(
      'python.requirements: line 2 of r.txt: "-e ." is not valid.',
    );
  });
});
