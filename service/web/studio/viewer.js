// Replaces the drawn diagram by one that can be dragged and zoomed. The page works without it.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const button = document.getElementById("open-viewer");
const drawn = document.getElementById("drawn");

async function open() {
  button.disabled = true;
  const answer = await fetch(button.dataset.xml, { credentials: "same-origin" });
  if (!answer.ok) return;
  const canvas = document.createElement("div");
  canvas.className = "viewer";
  drawn.replaceWith(canvas);
  canvas.id = "drawn";
  const viewer = new NavigatedViewer({ container: canvas });
  await viewer.importXML(await answer.text());
  viewer.get("canvas").zoom("fit-viewport", "auto");
  button.hidden = true;
}

if (button && drawn) {
  button.hidden = false;
  button.addEventListener("click", () => open().catch(() => location.reload()));
}
