import { oneLine } from "../../model/visible";
import { columnsOf, detailLines, type RowStyle } from "./row-line";
import type { Rows } from "./rows";

/**
 * The resources as a tree in aligned columns.
 * @param width columns of the terminal; longer lines are cut, `undefined` cuts none
 */
export function treeLines(rows: Rows, how: RowStyle, now: number, width: number | undefined): string[] {
  const tree = rows
    .tree()
    .map(({ row, branch }) => ({ row, branch, columns: columnsOf(row, branch, how.dryRun, now) }));
  const longest = (of: "type" | "name") => Math.max(0, ...tree.map(({ columns }) => columns[of].length));
  const [typeWidth, nameWidth] = [longest("type"), longest("name")];
  return tree.flatMap(({ row, branch, columns }) => {
    const { glyph, type, name, status, style } = columns;
    const before = `${glyph.padStart(2)} ${type.padEnd(typeWidth)}  ${name.padEnd(nameWidth)}  `;
    const colour = row.status === "failed" ? "red" : style;
    const line = how.style(colour, cut(`${before}${status}`, width));
    const indent = " ".repeat(branch.length + 6);
    return [
      line,
      ...detailLines(row, {
        ...how,
        style: (name, text) => how.style(name, cut(indent + (width === undefined ? text : oneLine(text)), width)),
      }),
    ];
  });
}

function cut(text: string, width: number | undefined): string {
  return width === undefined || text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
