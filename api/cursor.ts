import type { z } from 'zod';
import { Problem } from './problem';

/** A place in a list, opaque: what the last row of a page has of the columns that order it. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws Problem 422 for one that no page of this list gave out */
export function readCursor<Place extends z.ZodType>(
  shape: Place,
  cursor: string | undefined,
): z.infer<Place> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Problem(422, 'cursor_desconhecido', 'O cursor não é desta lista.', {
      hint: 'Comece sem cursor e siga o campo next de cada página.',
      fields: [{ field: 'cursor', message: 'não foi dado por esta lista' }],
    });
  }
}
