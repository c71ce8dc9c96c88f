/**
 * A property as the SDK puts it on the wire and as the state file keeps it: JSON, in which an object with the signature
 * key stands for a secret, an asset, a reference to a resource. Inside the engine a secret holds its plain value.
 */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue;
}

export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
export const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** Stands in a preview for what is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function signatureOf(value: PropertyValue | undefined): PropertyValue | undefined {
  return isMap(value) ? value[SIGNATURE_KEY] : undefined;
}

export function isSecret(value: PropertyValue | undefined): value is PropertyMap & { value: PropertyValue } {
  return signatureOf(value) === SECRET;
}

/** A secret that holds a value; one secret around another is the same as one. */
export function secret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET, value };
}

/** Rebuilds a value from the leaves up. */
export function rebuild(value: PropertyValue, change: (value: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return change(value.map((element) => rebuild(element, change)));
  if (isMap(value)) {
    return change(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rebuild(inner, change)])));
  }
  return change(value);
}

/** Does any part of it, itself included, answer to this? */
export function some(value: PropertyValue, test: (value: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((element) => some(element, test));
  return isMap(value) && Object.values(value).some((inner) => some(inner, test));
}

export const hasSecrets = (value: PropertyValue): boolean => some(value, isSecret);
export const hasUnknowns = (value: PropertyValue): boolean => some(value, (part) => part === UNKNOWN);

/** What a program sends, with its output values turned into what they are: unknown, secret, or plain. */
export function fromProgram(properties: PropertyMap): PropertyMap {
  return rebuild(properties, (value) => {
    if (isSecret(value)) return secret(value.value);
    if (signatureOf(value) !== OUTPUT || !isMap(value)) return value;
    const inner = value["value"] ?? UNKNOWN;
    return value["secret"] === true ? secret(inner) : inner;
  }) as PropertyMap;
}

/** The same with every secret laid open. */
export function reveal<T extends PropertyValue>(value: T): T {
  return rebuild(value, (part) => (isSecret(part) ? part.value : part)) as T;
}

/** What may be shown or logged. */
export function mask<T extends PropertyValue>(value: T): T {
  if (isSecret(value)) return "[secret]" as T;
  if (value === UNKNOWN) return "[unknown]" as T;
  if (Array.isArray(value)) return value.map(mask) as T;
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mask(inner)])) as T;
  return value;
}

/** References to resources as a provider that knows none takes them: the id, or a component's URN. */
export function withoutReferences<T extends PropertyValue>(value: T): T {
  return rebuild(value, (part) => {
    if (signatureOf(part) !== RESOURCE || !isMap(part)) return part;
    return part["id"] === undefined ? (part["urn"] ?? null) : part["id"] || UNKNOWN;
  }) as T;
}

/** The same value, whatever the order of keys. Secrets are compared by what they hold and that they are secret. */
export function equal(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, index) => equal(element, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]));
}

/** Makes secret in an answer what was secret in the question. */
export function keepSecret(answer: PropertyValue, asked: PropertyValue | undefined): PropertyValue {
  if (asked === undefined) return answer;
  if (isSecret(asked)) return secret(answer);
  if (isMap(answer) && isMap(asked)) {
    return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, keepSecret(value, asked[key])]));
  }
  if (Array.isArray(answer) && Array.isArray(asked)) {
    return answer.map((element, index) => keepSecret(element, asked[index]));
  }
  return answer;
}
