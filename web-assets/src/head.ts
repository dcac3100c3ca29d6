// Runs before the page is drawn, and before anybody can touch it. The other scripts come when they come.
import { keepEarly } from "./ui/early";
import { linkRanges } from "./ui/ranges";
import { installSubmitOnce } from "./ui/submit-once";
import "./theme";

keepEarly();
linkRanges();
installSubmitOnce();
