// The one entry point: starts every behaviour. Each module works on what the server rendered; none of them is needed
// to read a page or to send a form.
import "./requests";
import { startAttributeForms } from "./attribute-form";
import { startCopy } from "./copy";
import { startDialogs } from "./dialogs";
import { startFeedForms } from "./feed-form";
import { startOmnibox } from "./omnibox";
import { startReportForms } from "./report-form";
import { startFilters } from "./filters";
import { startRestClient } from "./rest-client";
import { startRows } from "./rows";
import { startSelection } from "./selection";
import { startShortcuts } from "./shortcuts";
import { startTheme } from "./theme";
import { startTimes } from "./times";
import { startWindows } from "./windows";

startTheme();
// Rows first: a key of the current row wins over the same key of the page.
startRows();
startShortcuts();
startOmnibox();
startSelection();
startCopy();
startDialogs();
startFilters();
startTimes();
startAttributeForms();
startFeedForms();
startReportForms();
startWindows();
startRestClient();
