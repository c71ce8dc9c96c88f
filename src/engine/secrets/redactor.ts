import { SandstackError } from "../../model/error";
import type { EngineEvent } from "../events";
import { isMap, isSecret, reveal, some, type PropertyMap, type PropertyValue } from "../property/value";

/** Shorter ones would hide half of every text, and are no secrets. */
const SHORTEST = 4;
/** Fields of events that are the engine's own words. */
const OWN_WORDS = new Set(["event", "op", "severity", "result", "urn", "type", "name", "parent", "time", "kind"]);

/** Knows what is secret in a run, and keeps it out of what is told: a message of a provider may quote anything. */
export class Redactor {
  private readonly known = new Set<string>();

  /** Remembers the texts that are secret in a value. */
  learn(value: PropertyValue | undefined): void {
    if (value === undefined) return;
    some(value, (part) => {
      if (isSecret(part)) some(reveal(part), (inner) => this.add(inner));
      return false;
    });
  }

  add(text: PropertyValue): boolean {
    if (typeof text === "string" && text.length >= SHORTEST) this.known.add(text);
    return false;
  }

  hide(text: string): string {
    let hidden = text;
    for (const secret of this.known) hidden = hidden.replaceAll(secret, "[secret]");
    return hidden;
  }

  event(event: EngineEvent): EngineEvent {
    return this.known.size === 0 ? event : (this.leaves(event as unknown as PropertyMap) as unknown as EngineEvent);
  }

  /** The same error, unless it tells a secret. Then its cause goes too. */
  error(error: SandstackError): SandstackError {
    const [message, hint] = [this.hide(error.message), error.hint === undefined ? undefined : this.hide(error.hint)];
    if (message === error.message && hint === error.hint) return error;
    return new SandstackError(error.code, message, { hint });
  }

  private leaves(value: PropertyValue): PropertyValue {
    if (typeof value === "string") return this.hide(value);
    if (Array.isArray(value)) return value.map((element) => this.leaves(element));
    if (!isMap(value)) return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, OWN_WORDS.has(key) ? inner : this.leaves(inner)]);
    return Object.fromEntries(entries) as PropertyMap;
  }
}
