/** Tells of elements when they come near the window and when they leave it, so that a thousand charts cost as much as ten. */
export class Viewport {
  private readonly observer: IntersectionObserver;

  constructor(changed: (element: Element, near: boolean) => void) {
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) changed(entry.target, entry.isIntersecting);
      },
      { rootMargin: "300px 0px" },
    );
  }

  watch(element: Element): void {
    this.observer.observe(element);
  }
}
