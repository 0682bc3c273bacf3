/** What the API takes; told before somebody types. */
export const SHORTEST_PASSWORD = 12;
