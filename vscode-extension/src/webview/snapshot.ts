/** The page of the snapshot editor. */
import { SnapshotPage } from './snapshotPage';
import { start } from './start';

let page: SnapshotPage | undefined;

start(
  (host, content, root) => {
    if (content.kind === 'snapshot') {
      page = new SnapshotPage(host, content.title, root);
      page.draw();
    }
  },
  (node) => page?.showObject(node),
);
