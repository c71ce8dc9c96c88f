// Run by npm before it packs: the tarball must work where there is no compiler, on either processor.
import { buildGuest, compilerFor, hasProgram } from "./setup/guest.mjs";
import { buildTypeScript } from "./setup/build.mjs";

await buildTypeScript({ clean: true });
for (const arch of ["x64", "arm64"]) {
  if (hasProgram(compilerFor(arch))) await buildGuest(arch);
  else process.stderr.write(`sandstack: no ${compilerFor(arch)} here: this package will not run on ${arch}\n`);
}
