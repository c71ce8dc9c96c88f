/** The type of the resource at the root of every stack. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

export interface UrnParts {
  stack: string;
  project: string;
  /** Types from the outermost parent to the resource itself, without the root's. */
  qualifiedType: string;
  type: string;
  name: string;
}

/**
 * `urn:pulumi:stack::project::[parentQualifiedType$]type::name`.
 * @param parent the parent's URN; the root's does not show
 */
export function makeUrn(
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string {
  const parentType = parent === undefined || parent === "" ? "" : parseUrn(parent).qualifiedType;
  const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

export function parseUrn(urn: string): UrnParts {
  const [stack = "", project = "", qualifiedType = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, qualifiedType, type: qualifiedType.split("$").at(-1) ?? "", name: name.join("::") };
}

export function isUrn(text: string): boolean {
  return text.startsWith("urn:pulumi:") && text.split("::").length >= 4;
}

/** The package of a type or function token: `pkg:module:Name`. For a provider's own type, the package it provides. */
export function packageOf(token: string): string {
  return isProviderType(token) ? (token.split(":")[2] ?? "") : (token.split(":")[0] ?? "");
}

export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

/** Is it the provider that the engine makes for who names none? */
export function isDefaultProvider(urn: string): boolean {
  const { type, name } = parseUrn(urn);
  return isProviderType(type) && /^default($|_)/.test(name);
}

/** The name of a package's default provider; each version has its own. */
export function defaultProviderName(version: string): string {
  return version === "" ? "default" : `default_${version.replace(/[^0-9A-Za-z]/g, "_")}`;
}

/** How a resource names its provider: URN and id. */
export interface ProviderReference {
  urn: string;
  id: string;
}

export function formatReference({ urn, id }: ProviderReference): string {
  return `${urn}::${id}`;
}

export function parseReference(reference: string): ProviderReference {
  const end = reference.lastIndexOf("::");
  return { urn: reference.slice(0, end), id: reference.slice(end + 2) };
}
