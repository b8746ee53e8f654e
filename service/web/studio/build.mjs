// Bundles the viewer into the folder the service serves; the Makefile calls this through `npm run build`.
import { build } from "esbuild";

await build({
  entryPoints: ["viewer.js", "viewer.css"],
  bundle: true,
  minify: true,
  target: ["es2019"],
  legalComments: "eof",
  loader: { ".svg": "dataurl" },
  outdir: "../static/studio",
});
