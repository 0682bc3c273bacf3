import { userInfo } from 'node:os';

/** Who runs this process, as the system of this machine knows it. */
export function systemLogin(): string {
  try {
    return (
      userInfo()
        .username.replace(/[^A-Za-z0-9._-]/g, '')
        .slice(0, 64) || 'operador'
    );
  } catch {
    // A container may run under a number without a name.
    return 'operador';
  }
}
