// Runs before the page is drawn, and before anybody can touch it. The other scripts come when they come.
import { keepEarly } from "./ui/early";
import { linkRanges } from "./ui/ranges";
import { forgetForOthers } from "./ui/reader";
import { installSubmitOnce } from "./ui/submit-once";
import "./theme";

keepEarly();
linkRanges();
installSubmitOnce();

const reader = document.querySelector<HTMLMetaElement>("meta[name=reader]");
if (reader) forgetForOthers(reader.content);
