import { buildGuest } from "./setup/guest.mjs";
import { buildTypeScript } from "./setup/build.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { installSystemPackages } from "./setup/system-packages.mjs";

/**
 * What a fresh clone needs before anything of it runs. Each step looks first and does nothing where all is there.
 * @param {"start" | "test"} purpose
 * @returns {Promise<boolean>} false when something could not be had, which it has then said
 */
export async function setUp(purpose) {
  process.chdir(new URL("..", import.meta.url).pathname);
  try {
    // The packages first: npm's `prepare` compiles the guest.
    await installSystemPackages(purpose);
    await installDependencies();
    await buildGuest();
    await buildTypeScript();
    return true;
  } catch (error) {
    process.stderr.write(`sandstack: ${error.message}\n`);
    return false;
  }
}
