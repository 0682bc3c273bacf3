/** SQL of the name behind the opaque id in `column`; null for one that this record does not know, as of the command line. */
export function nameOf(column: string): string {
  return `coalesce((select u.name from app_user u where u.id = ${column}), (select t.name from api_token t where t.id = ${column}))`;
}
