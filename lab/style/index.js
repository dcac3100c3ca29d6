import "./base.css";
import "./job-form.css";
import "./jobs.css";
import "./modules.css";
import "./module-imports.css";
import "./publish.css";
