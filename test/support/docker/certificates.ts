import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An authority, a certificate of an engine at an address, and one of its clients, by the names that Docker reads. */
export function makeCertificates(folder: string, address: string): void {
  mkdirSync(folder);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = (name: string) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name];
  openssl("req", "-x509", ...key("ca-key.pem"), "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests");
  for (const [name, prefix, extension] of [
    ["engine", "server", `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth`],
    ["client", "", "extendedKeyUsage=clientAuth"],
  ] as const) {
    const [keyFile, certFile] = prefix ? [`${prefix}-key.pem`, `${prefix}.pem`] : ["key.pem", "cert.pem"];
    writeFileSync(join(folder, `${name}.ext`), extension);
    openssl("req", ...key(keyFile), "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signed = [
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca-key.pem",
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      `${name}.ext`,
    ];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", certFile, ...signed);
  }
}
