/** A browser without a screen: follows redirects itself, and keeps the cookies of each origin. */
export function createVisitor(headers: Record<string, string> = {}) {
  const jars = new Map<string, Map<string, string>>();
  const visitor = {
    cookies: (origin: string) => jars.get(origin) ?? new Map<string, string>(),
    async ask(url: string, init: RequestInit = {}): Promise<Response> {
      const { origin } = new URL(url);
      const jar = jars.get(origin) ?? new Map<string, string>();
      jars.set(origin, jar);
      const Cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        headers: { ...headers, ...(init.headers as Record<string, string>), ...(Cookie ? { Cookie } : {}) },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
    /** Follows redirects while their address begins with one of these. @returns the last answer, and its address */
    async walk(
      url: string,
      within: readonly string[],
      init?: RequestInit,
    ): Promise<{ response: Response; url: string }> {
      let response = await visitor.ask(url, init);
      for (;;) {
        const location = response.headers.get('location');
        if (location === null) return { response, url };
        const next = new URL(location, url).href;
        if (!within.some((beginning) => next.startsWith(beginning))) return { response, url: next };
        url = next;
        response = await visitor.ask(url);
      }
    },
  };
  return visitor;
}
