import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { visible } from "../model/visible";
import type { Change } from "./changes";
import type { Failure } from "./checker";
import type { Difference } from "./kind";

const { CheckFailure, CheckResponse, DiffResponse, PropertyDiff } = messages;

export function checkFailures(failures: readonly Failure[]): messages.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new CheckFailure();
    failure.setProperty(property);
    failure.setReason(visible(reason));
    return failure;
  });
}

export function checkResponse(inputs: Struct, failures: readonly Failure[]): messages.CheckResponse {
  const response = new CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(checkFailures(failures));
  return response;
}
type Struct = NonNullable<ReturnType<messages.CheckResponse["getInputs"]>>;

export function diffResponse({ changes, deletesFirst = false }: Difference): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const response = new DiffResponse();
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...new Set(changes.map(topOf))]);
  response.setReplacesList([...new Set(changes.filter(({ effect }) => effect === "replace").map(topOf))]);
  response.setDeletebeforereplace(deletesFirst);
  response.setHasdetaileddiff(true);
  for (const change of changes) {
    const detail = new PropertyDiff();
    detail.setKind(kindOf(change));
    detail.setInputdiff(change.input);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

/** The property that a path begins with. */
function topOf({ path }: Change): string {
  return /^\w+/.exec(path)?.[0] ?? path;
}

function kindOf({ kind, effect }: Change): messages.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
  if (effect === "replace") return { add: ADD_REPLACE, delete: DELETE_REPLACE, update: UPDATE_REPLACE }[kind];
  return { add: ADD, delete: DELETE, update: UPDATE }[kind];
}
