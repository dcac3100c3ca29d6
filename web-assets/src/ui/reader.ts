// A browser keeps pages that one left, to show them at once when one goes back: also to the next person who signed in.

const KEY = "openmo-reader";

/** Says to the other pages of this browser who reads: an account's id; empty where nobody is signed in. */
export function noteReader(reader: string): void {
  try {
    localStorage.setItem(KEY, reader);
  } catch {
    // A browser that keeps nothing for us.
  }
}

/** A page that comes back as it was left is hidden and loaded anew when somebody else, or nobody, reads by now. */
export function forgetForOthers(reader: string, reload: () => void = () => { location.reload(); }): void {
  noteReader(reader);
  addEventListener("pageshow", (event) => {
    if (!event.persisted || current() === reader) return;
    document.documentElement.hidden = true;
    reload();
  });
}

function current(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
