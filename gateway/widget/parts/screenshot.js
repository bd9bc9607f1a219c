/** A picture of a window or the screen, which the visitor chooses in the browser's own dialog. */

export const POSSIBLE = Boolean(navigator.mediaDevices?.getDisplayMedia);

/** A PNG file, or null when the visitor thought better of it. */
export async function screenshot(name) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
  } catch {
    return null;
  }
  try {
    const video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true });
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, 300)); // the browser's dialog is still on the screen
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    return blob && new File([blob], `${name}.png`, { type: "image/png" });
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
