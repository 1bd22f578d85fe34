/** The page of the snapshot editor. */
import { SnapshotPage } from './snapshotPage';
import { start } from './start';

start((host, content, root) => {
  if (content.kind === 'snapshot') {
    new SnapshotPage(host, content.title, root).draw();
  }
});
