// Before the page is painted: says that scripts run, so that styles can show menus without them too.
document.documentElement.classList.add("js");
