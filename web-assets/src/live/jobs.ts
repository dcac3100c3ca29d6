import { stream } from "./stream";
import { toast } from "./toasts";
import { t } from "../ui/texts";

/** A job as the events tell of it. */
export interface JobEvent {
  id: string;
  number: number;
  name: string;
  state: string;
  reason: string;
  owner: string;
  project: string;
}

/** How to say that a job has ended; nothing for one that has not. */
function ending(job: JobEvent): string | null {
  if (job.state === "succeeded") return t("{name} succeeded", { name: job.name });
  if (job.state === "failed") return t("{name} failed", { name: job.name });
  return job.state === "terminated" ? t("{name} was terminated", { name: job.name }) : null;
}

/** Lists refresh themselves when a job of mine changes, and a notice appears when one ends, on whatever page. */
export function followJobs(): void {
  if (document.querySelector<HTMLMetaElement>("meta[name=signed-in]")?.content !== "yes") return;
  const told = new Set<string>();
  stream({
    address: () => "/api/v1/events",
    on: {
      job: (data) => {
        const job = data as JobEvent;
        document.body.dispatchEvent(new CustomEvent("openmo-job", { detail: job }));
        const title = ending(job);
        if (!title || told.has(job.id)) return;
        told.add(job.id);
        toast({
          icon: job.state,
          title,
          text: job.reason,
          link: `/projects/${job.owner}/${job.project}/jobs/${job.number}`,
        });
      },
    },
  });
}
