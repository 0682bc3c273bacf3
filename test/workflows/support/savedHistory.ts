import { createRequire } from 'node:module';
import type { History } from '@temporalio/common/lib/proto-utils';

/*
 * historyToJSON and historyFromJSON of @temporalio/common 1.24 throw "type must be a Type" where npm installs protobufjs
 * twice, as it does here; so the generated class itself reads what its own toJSON wrote.
 */
interface GeneratedClass {
  fromObject(object: unknown): History & { toJSON(): unknown };
}
const proto = createRequire(require.resolve('@temporalio/common'))('@temporalio/proto') as {
  temporal: { api: { history: { v1: { History: GeneratedClass } } } };
};
const { History: historyClass } = proto.temporal.api.history.v1;

export function historyText(history: History): string {
  return JSON.stringify(historyClass.fromObject(history).toJSON(), null, 1) + '\n';
}

export function historyOf(text: string): History {
  return historyClass.fromObject(JSON.parse(text));
}
