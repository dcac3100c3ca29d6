/** Opens camera or microphone for as long as `use` takes; rejects when there is none, or no leave. */
export async function withDevice<T>(constraints: MediaStreamConstraints, use: (stream: MediaStream) => Promise<T>): Promise<T> {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  try {
    return await use(stream);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
