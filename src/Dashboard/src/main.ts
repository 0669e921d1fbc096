import { alertPage } from "./alertpage";
import { overview } from "./overview";

// One page for both: a proxy may serve it below any path, and a sign-in on the way keeps the query.
const alert = new URLSearchParams(location.search).get("alert");
if (alert === null) overview();
else alertPage(alert);
