import { defineConfig } from "vitest/config";

const soak = process.env["SANDSTACK_SOAK"] !== undefined;

// Two groups, one after the other: what is pure runs in parallel; what touches the machine (sandboxes, images, keepers)
// runs one file at a time, because the leak check compares the whole machine before and after.
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "machine",
          include: ["test/**/*.test.ts"],
          exclude: ["test/unit/**", ...(soak ? [] : ["test/soak/**"])],
          globalSetup: "test/support/global-setup.ts",
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: soak ? 1_800_000 : 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
