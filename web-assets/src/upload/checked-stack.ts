import { DefaultHttpStack, type HttpRequest, type HttpResponse, type HttpStack } from "tus-js-client";

/** Sends each part with its hash, so that the server throws away what came damaged. */
export class CheckedStack implements HttpStack {
  private readonly plain = new DefaultHttpStack({});

  createRequest(method: string, url: string): HttpRequest {
    const request = this.plain.createRequest(method, url);
    const send = request.send.bind(request);
    request.send = async (body: unknown): Promise<HttpResponse> => {
      if (body instanceof Blob && body.size > 0) {
        const digest = await sha256(body);
        if (digest) request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...digest))}`);
      }
      return send(body);
    };
    return request;
  }

  getName(): string {
    return "CheckedStack";
  }
}

/** Null where the browser gives pages no such thing: without encryption, but for one's own machine. */
export async function sha256(data: Blob): Promise<Uint8Array | null> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) return null;
  return new Uint8Array(await subtle.digest("SHA-256", await data.arrayBuffer()));
}

export const hex = (digest: Uint8Array): string => [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
