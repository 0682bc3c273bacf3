/** One thing wrong with one line of a file, in Portuguese. */
export interface ImportProblem {
  line: number;
  /** The ERP's name of the field; null = the line as a whole. */
  field: string | null;
  message: string;
  /** `refused`: the line is well written, but the título may not be changed now. */
  kind: 'form' | 'reference' | 'refused';
}

/** A file with a million bad lines is not told line by line. */
export const MAX_TOLD = 100;

export interface ProblemList {
  add(problem: ImportProblem): void;
  /** Counts problems beyond those told. */
  addUntold(count: number): void;
  count(): number;
  /** Whether every problem is a refusal: nothing is wrong with the file itself. */
  onlyRefusals(): boolean;
  /** The first ones, by line. */
  told(): ImportProblem[];
}

export function createProblemList(): ProblemList {
  const list: ImportProblem[] = [];
  let count = 0;
  let onlyRefusals = true;
  return {
    add(problem) {
      count += 1;
      onlyRefusals &&= problem.kind === 'refused';
      list.push(problem);
      // The problems that SQL finds come after the others, but belong between them.
      if (list.length >= 3 * MAX_TOLD) list.splice(0, list.length, ...firstByLine(list));
    },
    addUntold(more) {
      count += more;
    },
    count: () => count,
    onlyRefusals: () => onlyRefusals,
    told: () => firstByLine(list),
  };
}

function firstByLine(list: ImportProblem[]): ImportProblem[] {
  return list.toSorted((a, b) => a.line - b.line).slice(0, MAX_TOLD);
}
