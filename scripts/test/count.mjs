/**
 * What vitest's JSON report says, as counts and names.
 * @param report the parsed report, or undefined where vitest wrote none
 * @param {boolean} skipsFail a test that did not run counts as failed
 */
export function countTests(report, { skipsFail }) {
  if (!report) return { passed: 0, failed: 1, names: ["vitest wrote no report"] };
  const names = [];
  let passed = 0;
  for (const file of report.testResults) {
    const tests = file.assertionResults;
    // A file that could not be loaded has no tests, and a failed hook fails none of them.
    if (file.status === "failed" && !tests.some((test) => test.status === "failed")) {
      names.push(`failed: ${file.name}: ${firstLine(file.message)}`);
    }
    for (const test of tests) {
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") names.push(`failed: ${test.fullName}`);
      else if (skipsFail) names.push(`skipped: ${test.fullName}`);
    }
  }
  return { passed, failed: names.length, names };
}

function firstLine(text = "") {
  return text.split("\n", 1)[0];
}
