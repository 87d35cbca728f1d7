//! Every sentence and label that there is, by its key in `ui/locales`: one list, the order of the catalogues.

macro_rules! text_keys {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// A sentence or label. Its id is its key in `ui/locales`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TextKey { $($(#[$doc])* $name,)* }

        impl TextKey {
            /// Every key, for checks of the catalogues.
            pub const ALL: &'static [TextKey] = &[$(TextKey::$name,)*];

            /// The key in the catalogues.
            pub const fn id(self) -> &'static str {
                match self { $(TextKey::$name => $id,)* }
            }
        }
    };
}

text_keys! {
    /// At rest.
    ReadyHeadline = "ready.headline",
    /// At rest: what to do.
    ReadySentence = "ready.sentence",
    /// At rest, right after a module ended.
    EndedHeadline = "ended.headline",
    /// What to do when help is needed again.
    EndedSentence = "ended.sentence",
    /// Looking at the PC.
    LookingHeadline = "looking.headline",
    /// Looking at the PC: nothing to do.
    LookingSentence = "looking.sentence",
    /// Full runs.
    CloseHeadline = "close.headline",
    /// A TeamViewer that cannot be named runs.
    CloseUnknownHeadline = "close.unknown.headline",
    /// Full runs and must be closed.
    CloseSentence = "close.sentence",
    /// Full runs and somebody is connected.
    CloseInUseSentence = "close.in_use.sentence",
    /// A TeamViewer that cannot be named runs.
    CloseUnknownSentence = "close.unknown.sentence",
    /// Full was asked to close.
    ClosingHeadline = "closing.headline",
    /// Full was asked to close: wait.
    ClosingSentence = "closing.sentence",
    /// Full is still there.
    GuideHeadline = "closing.guide.headline",
    /// How to end it from its tray icon.
    GuideSentence = "closing.guide.sentence",
    /// A module runs already.
    AlreadyHeadline = "already.headline",
    /// How to tell a dead window from a live one.
    AlreadySentence = "already.sentence",
    /// It is probably over: a connection ended, or it has been open very long.
    AlreadyStaleSentence = "already.stale.sentence",
    /// A supporter is connected right now.
    AlreadyConnectedSentence = "already.connected.sentence",
    /// The old module is being ended.
    EndingHeadline = "ending.headline",
    /// The old module is being ended: wait.
    EndingSentence = "ending.sentence",
    /// Being made ready.
    PreparingHeadline = "preparing.headline",
    /// Asking which release is mine.
    PreparingRefreshing = "preparing.refreshing",
    /// Bytes arrive.
    PreparingFetching = "preparing.fetching",
    /// Bytes arrive; the length of the rest is known.
    PreparingRemaining = "preparing.remaining",
    /// Hashes, unpacking.
    PreparingChecking = "preparing.checking",
    /// Repairing instead of fetching for the first time.
    PreparingRepair = "preparing.repair",
    /// The module was started; its window is awaited.
    StartingHeadline = "starting.headline",
    /// Wait.
    StartingSentence = "starting.sentence",
    /// It runs.
    RunningHeadline = "running.headline",
    /// It runs: wait for the supporter.
    RunningSentence = "running.sentence",
    /// Guide, part 1: Your name.
    GuideName = "guide.name",
    /// Guide, part 2: Description.
    GuideDescription = "guide.description",
    /// Guide, part 3: Chat.
    GuideChat = "guide.chat",
    /// Guide, part 4: Cancel.
    GuideCancel = "guide.cancel",
    /// Guide: the dead code, and what to do about it.
    GuideDeadCode = "guide.dead_code",
    /// macOS: what the module must be allowed.
    GuidePanes = "guide.panes",
    /// Where a supporter's code is typed or pasted.
    CodeHint = "code.hint",
    /// The code was copied.
    CodeCopied = "code.copied",
    /// The code has not the form of one.
    CodeWrong = "code.wrong",
    /// The code is all zeros.
    CodeDead = "code.dead",
    /// Go on without the manual start: where the copy is.
    CopyShown = "copy.shown",
    /// The Desktop cannot be written: the copy lies elsewhere.
    CopyInDownloads = "copy.in_downloads",

    /// Button: ask for support.
    DoRequest = "do.request",
    /// Button: restart.
    DoRestart = "do.restart",
    /// Button: close Full and go on.
    DoCloseAndContinue = "do.close_and_continue",
    /// Button: leave the unknown program alone and go on.
    DoLeaveRunning = "do.leave_running",
    /// Button: end by force.
    DoForceClose = "do.force_close",
    /// Button: go on with this window.
    DoGoOn = "do.go_on",
    /// Button: start afresh.
    DoStartAfresh = "do.start_afresh",
    /// Button: try again.
    DoTryAgain = "do.try_again",
    /// Button: fetch a fresh copy.
    DoFetchFresh = "do.fetch_fresh",
    /// Button: show the copy for a start by hand.
    DoShowCopy = "do.show_copy",
    /// Button: open the vendor's page.
    DoOpenOrigin = "do.open_origin",
    /// Button.
    DoOpenScreenRecording = "do.open_screen_recording",
    /// Button.
    DoOpenAccessibility = "do.open_accessibility",
    /// Button: cancel.
    DoCancel = "do.cancel",
    /// Button: close the card.
    DoDismiss = "do.dismiss",
    /// Menu: open the window.
    DoOpen = "do.open",
    /// Menu: quit.
    DoQuit = "do.quit",
    /// Button: copy the supporter's code.
    DoCopyCode = "do.copy_code",

    /// Tray: at rest.
    TrayReady = "tray.ready",
    /// Tray: working.
    TrayBusy = "tray.busy",
    /// Tray: bytes arrive, so many percent.
    TrayFetching = "tray.fetching",
    /// Tray: asks something.
    TrayAsks = "tray.asks",
    /// Tray: the module runs.
    TrayRunning = "tray.running",
    /// Tray: a problem.
    TrayProblem = "tray.problem",

    /// Who must act: nobody but the person at the PC.
    ActsYou = "acts.you",
    /// Who must act: the hospital's IT.
    ActsIt = "acts.it",
    /// Who must act: the vendor.
    ActsVendor = "acts.vendor",
    /// Whom to call, with hours.
    CallPhone = "call.phone",
    /// The code to read out.
    ProblemCode = "problem.code",

    /// Problem headlines and sentences, in the order of `problem.rs`.
    OfflineHeadline = "problem.offline.headline",
    /// No network.
    OfflineSentence = "problem.offline.sentence",
    /// Mirrors do not answer.
    MirrorHeadline = "problem.mirror.headline",
    /// Mirrors do not answer.
    MirrorSentence = "problem.mirror.sentence",
    /// A sign-in page answers instead.
    SignInHeadline = "problem.sign_in.headline",
    /// A sign-in page answers instead.
    SignInSentence = "problem.sign_in.sentence",
    /// The proxy wants a password.
    ProxyHeadline = "problem.proxy.headline",
    /// The proxy wants a password.
    ProxySentence = "problem.proxy.sentence",
    /// Blocked.
    BlockedHeadline = "problem.blocked.headline",
    /// Blocked.
    BlockedSentence = "problem.blocked.sentence",
    /// The connection's certificate is not accepted.
    TlsHeadline = "problem.tls.headline",
    /// The connection's certificate is not accepted.
    TlsSentence = "problem.tls.sentence",
    /// The PC's clock is wrong.
    ClockHeadline = "problem.clock.headline",
    /// How to set it.
    ClockSentence = "problem.clock.sentence",
    /// No mirror has answered for two weeks.
    LongWithoutNewsHeadline = "without_news.headline",
    /// Whom to tell.
    LongWithoutNewsSentence = "without_news.sentence",
    /// The mirror has a fault.
    ServerHeadline = "problem.server.headline",
    /// The mirror has a fault.
    ServerSentence = "problem.server.sentence",
    /// Nothing is published for this PC.
    NotPublishedHeadline = "problem.not_published.headline",
    /// Nothing is published for this PC.
    NotPublishedSentence = "problem.not_published.sentence",
    /// What was received is not genuine.
    UntrustedHeadline = "problem.untrusted.headline",
    /// What was received is not genuine.
    UntrustedSentence = "problem.untrusted.sentence",
    /// The mirror's word has expired.
    StaleHeadline = "problem.stale.headline",
    /// The mirror's word has expired.
    StaleSentence = "problem.stale.sentence",
    /// Damaged again and again.
    DamagedHeadline = "problem.damaged.headline",
    /// Damaged again and again.
    DamagedSentence = "problem.damaged.sentence",
    /// Withdrawn by the publisher.
    WithdrawnHeadline = "problem.withdrawn.headline",
    /// Withdrawn by the publisher.
    WithdrawnSentence = "problem.withdrawn.sentence",
    /// Built without the vendor's keys.
    NotSetUpHeadline = "problem.not_set_up.headline",
    /// Built without the vendor's keys.
    NotSetUpSentence = "problem.not_set_up.sentence",
    /// No room on the disk.
    DiskFullHeadline = "problem.disk_full.headline",
    /// No room on the disk.
    DiskFullSentence = "problem.disk_full.sentence",
    /// The folder cannot be written.
    FolderHeadline = "problem.folder.headline",
    /// The folder cannot be written.
    FolderSentence = "problem.folder.sentence",
    /// A virus scanner took it.
    AntivirusHeadline = "problem.antivirus.headline",
    /// A virus scanner took it.
    AntivirusSentence = "problem.antivirus.sentence",
    /// The system forbids starting it.
    ForbiddenHeadline = "problem.forbidden.headline",
    /// The system forbids starting it.
    ForbiddenSentence = "problem.forbidden.sentence",
    /// The module did not come up.
    NoStartHeadline = "problem.no_start.headline",
    /// The module did not come up.
    NoStartSentence = "problem.no_start.sentence",
    /// Full is another user's.
    OtherUserHeadline = "problem.other_user.headline",
    /// Full is another user's.
    OtherUserSentence = "problem.other_user.sentence",
    /// Full runs as administrator.
    AdministratorHeadline = "problem.administrator.headline",
    /// Full runs as administrator.
    AdministratorSentence = "problem.administrator.sentence",
    /// Full does not close.
    StubbornHeadline = "problem.stubborn.headline",
    /// Full does not close.
    StubbornSentence = "problem.stubborn.sentence",
    /// The old module does not close.
    ModuleStaysHeadline = "problem.module_stays.headline",
    /// The old module does not close.
    ModuleStaysSentence = "problem.module_stays.sentence",
    /// Processes cannot be listed.
    NoLookHeadline = "problem.no_look.headline",
    /// Processes cannot be listed.
    NoLookSentence = "problem.no_look.sentence",

    /// Import: the module is in place.
    ImportDone = "import.done",
    /// Import: what was carried in has expired, which stops nothing.
    ImportStale = "import.stale",
    /// Import: a helper runs, and the store is its own.
    ImportHelperRuns = "import.helper_runs",
    /// Import: there is nothing to import in what was named.
    ImportNoBundle = "import.no_bundle",
    /// Import: it cannot be read any more.
    ImportGone = "import.gone",
    /// Import: it is older than what this PC has.
    ImportOlder = "import.older",
    /// Import: it expired too long ago.
    ImportTooOld = "import.too_old",
    /// Import: a signature in it had expired even then.
    ImportExpired = "import.expired",
    /// Import: a file is missing in it.
    ImportIncomplete = "import.incomplete",
    /// Import: it is not what the publisher signed.
    ImportUntrusted = "import.untrusted",
    /// Import: nothing in it is for this PC.
    ImportNothing = "import.nothing",
    /// Import: no room on the disk.
    ImportNoRoom = "import.no_room",
    /// Import: the helper's folder cannot be written.
    ImportNotKept = "import.not_kept",

    /// Diagnosis: how its file's name begins.
    DiagnosticsFile = "diagnostics.file",
    /// The diagnosis before it is saved.
    DiagnosticsHeadline = "diagnostics.headline",
    /// The diagnosis: that is all of it.
    DiagnosticsSentence = "diagnostics.sentence",
    /// The diagnosis is being collected.
    DiagnosticsBusy = "diagnostics.busy",
    /// Diagnosis: it is saved, and should be looked at before it is sent.
    DiagnosticsSaved = "diagnostics.saved",
    /// Diagnosis: it could be saved nowhere.
    DiagnosticsNotSaved = "diagnostics.not_saved",

    // The network doctor: what is the matter and what to do (`doctor/mod.rs`), then its lines.
    /// Doctor: no cable, no Wi-Fi.
    DoctorNoNetwork = "doctor.no_network.sentence",
    /// Doctor: what to do about it.
    DoctorNoNetworkAction = "doctor.no_network.action",
    /// Doctor: this PC's clock is wrong.
    DoctorClock = "doctor.clock.sentence",
    /// Doctor: what to do about it.
    DoctorClockAction = "doctor.clock.action",
    /// Doctor: a sign-in page stands before the internet.
    DoctorSignIn = "doctor.sign_in.sentence",
    /// Doctor: what to do about it.
    DoctorSignInAction = "doctor.sign_in.action",
    /// Doctor: the proxy asks for a password.
    DoctorProxySignIn = "doctor.proxy_sign_in.sentence",
    /// Doctor: what to do about it.
    DoctorProxySignInAction = "doctor.proxy_sign_in.action",
    /// Doctor: the proxy script leads nowhere or cannot be followed.
    DoctorScript = "doctor.script.sentence",
    /// Doctor: what to do about it.
    DoctorScriptAction = "doctor.script.action",
    /// Doctor: the proxy cannot be reached.
    DoctorNoProxy = "doctor.no_proxy.sentence",
    /// Doctor: what to do about it.
    DoctorNoProxyAction = "doctor.no_proxy.action",
    /// Doctor: inspection by an authority that is not trusted.
    DoctorInspection = "doctor.inspection.sentence",
    /// Doctor: what to do about it.
    DoctorInspectionAction = "doctor.inspection.action",
    /// Doctor: no name has an address.
    DoctorNoNames = "doctor.no_names.sentence",
    /// Doctor: what to do about it.
    DoctorNoNamesAction = "doctor.no_names.action",
    /// Doctor: nothing outside answers.
    DoctorNoInternet = "doctor.no_internet.sentence",
    /// Doctor: what to do about it.
    DoctorNoInternetAction = "doctor.no_internet.action",
    /// Doctor: the mirror is blocked on the way.
    DoctorMirrorBlocked = "doctor.mirror_blocked.sentence",
    /// Doctor: what to do about it.
    DoctorMirrorBlockedAction = "doctor.mirror_blocked.action",
    /// Doctor: the mirror's certificate is not in order.
    DoctorMirrorCertificate = "doctor.mirror_certificate.sentence",
    /// Doctor: the mirror is down.
    DoctorMirrorDown = "doctor.mirror_down.sentence",
    /// Doctor: what to do about it.
    DoctorMirrorDownAction = "doctor.mirror_down.action",
    /// Doctor: the hospital's own mirror is down.
    DoctorOwnMirrorDown = "doctor.own_mirror_down.sentence",
    /// Doctor: what to do about it.
    DoctorOwnMirrorDownAction = "doctor.own_mirror_down.action",
    /// Doctor: a separated network.
    DoctorSeparated = "doctor.separated.sentence",
    /// Doctor: what to do about it.
    DoctorSeparatedAction = "doctor.separated.action",
    /// Doctor: only TeamViewer is blocked.
    DoctorBlocked = "doctor.teamviewer_blocked.sentence",
    /// Doctor: what to do about it.
    DoctorBlockedAction = "doctor.teamviewer_blocked.action",
    /// Doctor: answers get lost.
    DoctorLossy = "doctor.lossy.sentence",
    /// Doctor: what to do about it.
    DoctorLossyAction = "doctor.lossy.action",
    /// Doctor: answers take long.
    DoctorSlow = "doctor.slow.sentence",
    /// Doctor: what to do about it.
    DoctorSlowAction = "doctor.slow.action",
    /// Doctor: only port 80 is left.
    DoctorLastPort = "doctor.last_port.sentence",
    /// Doctor: what to do about it.
    DoctorLastPortAction = "doctor.last_port.action",
    /// Doctor: all is well.
    DoctorAllGood = "doctor.all_good.sentence",
    /// Doctor: what to do about it.
    DoctorAllGoodAction = "doctor.all_good.action",
    /// Doctor: line: cable or Wi-Fi.
    DoctorLabelNetwork = "doctor.label.network",
    /// Doctor: line: this PC's clock.
    DoctorLabelClock = "doctor.label.clock",
    /// Doctor: line: the proxy.
    DoctorLabelProxy = "doctor.label.proxy",
    /// Doctor: line: the proxy script.
    DoctorLabelScript = "doctor.label.script",
    /// Doctor: line: a mirror.
    DoctorLabelMirror = "doctor.label.mirror",
    /// Doctor: line: the vendor's link at TeamViewer.
    DoctorLabelOrigin = "doctor.label.origin",
    /// Doctor: line: TeamViewer's status page.
    DoctorLabelStatusPage = "doctor.label.status_page",
    /// Doctor: line: TeamViewer's port.
    DoctorLabelPort = "doctor.label.port",
    /// Doctor: line: how good the line is.
    DoctorLabelLine = "doctor.label.line",
    /// Doctor: there is a network.
    DoctorConnected = "doctor.value.connected",
    /// Doctor: there is none.
    DoctorNotConnected = "doctor.value.not_connected",
    /// Doctor: the clock is right.
    DoctorClockRight = "doctor.value.clock_right",
    /// Doctor: the clock is ahead by hours and minutes.
    DoctorClockAhead = "doctor.value.clock_ahead",
    /// Doctor: the clock is behind by hours and minutes.
    DoctorClockBehind = "doctor.value.clock_behind",
    /// Doctor: the clock is ahead by days.
    DoctorClockDaysAhead = "doctor.value.clock_days_ahead",
    /// Doctor: the clock is behind by days.
    DoctorClockDaysBehind = "doctor.value.clock_days_behind",
    /// Doctor: the proxy by policy.
    DoctorProxyByPolicy = "doctor.value.proxy_policy",
    /// Doctor: the proxy by an environment variable.
    DoctorProxyByEnvironment = "doctor.value.proxy_environment",
    /// Doctor: the proxy by the system's settings.
    DoctorProxyBySystem = "doctor.value.proxy_system",
    /// Doctor: the proxy by a script.
    DoctorProxyByScript = "doctor.value.proxy_script",
    /// Doctor: the script is followed.
    DoctorScriptFollowed = "doctor.value.script_followed",
    /// Doctor: the script cannot be followed here.
    DoctorScriptNotFollowed = "doctor.value.script_not_followed",
    /// Doctor: it is reached.
    DoctorReached = "doctor.value.reached",
    /// Doctor: it is reached after so many milliseconds.
    DoctorReachedIn = "doctor.value.reached_in",
    /// Doctor: the folder is not there, or empty.
    DoctorNoFolder = "doctor.value.no_folder",
    /// Doctor: the name has no address.
    DoctorNoAddress = "doctor.value.no_address",
    /// Doctor: the connection is refused.
    DoctorRefused = "doctor.value.refused",
    /// Doctor: nobody answers.
    DoctorTimedOut = "doctor.value.timed_out",
    /// Doctor: there is no way there.
    DoctorNoRoute = "doctor.value.no_route",
    /// Doctor: the proxy cannot be reached.
    DoctorProxySilent = "doctor.value.proxy_silent",
    /// Doctor: the proxy wants a sign-in.
    DoctorProxyAsks = "doctor.value.proxy_asks",
    /// Doctor: the proxy refuses.
    DoctorProxyRefused = "doctor.value.proxy_refused",
    /// Doctor: a web page instead.
    DoctorPage = "doctor.value.page",
    /// Doctor: sent to another host.
    DoctorElsewhere = "doctor.value.elsewhere",
    /// Doctor: a status that is no success.
    DoctorStatus = "doctor.value.status",
    /// Doctor: not what was asked for.
    DoctorNonsense = "doctor.value.nonsense",
    /// Doctor: the certificate is not accepted.
    DoctorCertificate = "doctor.value.certificate",
    /// Doctor: the connection is cut.
    DoctorCut = "doctor.value.cut",
    /// Doctor: round trips.
    DoctorRoundTrips = "doctor.value.round_trips",
    /// First run: welcome headline.
    WizardWelcomeHeadline = "wizard.welcome.headline",
    /// First run: welcome sentence.
    WizardWelcomeSentence = "wizard.welcome.sentence",
    /// First run: who headline.
    WizardWhoHeadline = "wizard.who.headline",
    /// First run: who sentence.
    WizardWhoSentence = "wizard.who.sentence",
    /// First run: prepare headline.
    WizardPrepareHeadline = "wizard.prepare.headline",
    /// First run: prepare sentence.
    WizardPrepareSentence = "wizard.prepare.sentence",
    /// First run: prepare busy.
    WizardPrepareBusy = "wizard.prepare.busy",
    /// First run: prepare done.
    WizardPrepareDone = "wizard.prepare.done",
    /// First run: prepare failed.
    WizardPrepareFailed = "wizard.prepare.failed",
    /// First run: login headline.
    WizardLoginHeadline = "wizard.login.headline",
    /// First run: login sentence.
    WizardLoginSentence = "wizard.login.sentence",
    /// First run: panes headline.
    WizardPanesHeadline = "wizard.panes.headline",
    /// First run: panes sentence.
    WizardPanesSentence = "wizard.panes.sentence",
    /// First run: ready headline.
    WizardReadyHeadline = "wizard.ready.headline",
    /// First run: ready sentence.
    WizardReadySentence = "wizard.ready.sentence",
    /// First run: waiting headline.
    WizardWaitingHeadline = "wizard.waiting.headline",
    /// First run: waiting sentence.
    WizardWaitingSentence = "wizard.waiting.sentence",
    /// Settings: headline.
    SettingsHeadline = "settings.headline",
    /// Settings: sentence.
    SettingsSentence = "settings.sentence",
    /// Who set a value that cannot be changed here.
    Locked = "locked",
    /// Settings, below a line: who.
    HintWho = "hint.who",
    /// Settings, below a line: mirror.
    HintMirror = "hint.mirror",
    /// Settings, below a line: proxy.
    HintProxy = "hint.proxy",
    /// Button: next.
    DoNext = "do.next",
    /// Button: back.
    DoBack = "do.back",
    /// Button: later.
    DoLater = "do.later",
    /// Button: finish.
    DoFinish = "do.finish",
    /// Button: check now.
    DoCheckNow = "do.check_now",
    /// Button: settings.
    DoSettings = "do.settings",
    /// Button: help.
    DoHelp = "do.help",
    /// Button: wizard.
    DoWizard = "do.wizard",
    /// Button: doctor.
    DoDoctor = "do.doctor",
    /// Button: doctor again.
    DoDoctorAgain = "do.doctor_again",
    /// Button: diagnostics.
    DoDiagnostics = "do.diagnostics",
    /// Button: save.
    DoSave = "do.save",
    /// Button: close page.
    DoClosePage = "do.close_page",
    /// Name of a value: language.
    FieldLanguage = "field.language",
    /// Name of a value: name.
    FieldName = "field.name",
    /// Name of a value: department.
    FieldDepartment = "field.department",
    /// Name of a value: extension.
    FieldExtension = "field.extension",
    /// Name of a value: at login.
    FieldAtLogin = "field.at_login",
    /// Name of a value: mirror.
    FieldMirror = "field.mirror",
    /// Name of a value: proxy.
    FieldProxy = "field.proxy",
    /// Name of a value: state.
    FieldState = "field.state",
    /// Name of a value: helper version.
    FieldHelperVersion = "field.helper_version",
    /// Name of a value: module.
    FieldModule = "field.module",
    /// Name of a value: finding.
    FieldFinding = "field.finding",
    /// A language, in itself: language ko.
    OptionKorean = "option.language.ko",
    /// A language, in itself: language en.
    OptionEnglish = "option.language.en",
    /// Why a change is refused: too long.
    UnfitTooLong = "unfit.too_long",
    /// Why a change is refused: resident.
    UnfitResident = "unfit.resident",
    /// Why a change is refused: chart.
    UnfitChart = "unfit.chart",
    /// Why a change is refused: extension.
    UnfitExtension = "unfit.extension",
    /// Why a change is refused: mirror.
    UnfitMirror = "unfit.mirror",
    /// Why a change is refused: proxy.
    UnfitProxy = "unfit.proxy",
    /// Why a change is refused: kept not.
    UnfitNotKept = "unfit.kept_not",
    /// A line to copy: name.
    CopyName = "copies.name",
    /// A line to copy: department.
    CopyDepartment = "copies.department",
    /// A line to copy: extension.
    CopyExtension = "copies.extension",
    /// Doctor: headline busy.
    DoctorBusyHeadline = "doctor.headline.busy",
    /// Doctor: headline good.
    DoctorGoodHeadline = "doctor.headline.good",
    /// Doctor: headline attention.
    DoctorAttentionHeadline = "doctor.headline.attention",
    /// Doctor: headline bad.
    DoctorBadHeadline = "doctor.headline.bad",
    /// Doctor: sentence busy.
    DoctorBusySentence = "doctor.sentence.busy",
    /// Doctor: impossible.
    DoctorImpossibleSentence = "doctor.impossible",
    /// Doctor: what to do.
    DoctorToDo = "doctor.what_to_do",
    /// Help: headline.
    HelpHeadline = "help.headline",
    /// Help: sentence.
    HelpSentence = "help.sentence",
    /// How something is: up to date.
    StateUpToDate = "state.up_to_date",
    /// How something is: checking.
    StateChecking = "state.checking",
    /// How something is: fetching.
    StateFetching = "state.fetching",
    /// How something is: failed.
    StateFailed = "state.failed",
    /// How something is: never.
    StateNever = "state.never",
    /// How something is: managed.
    StateManaged = "state.managed",
    /// How something is: ready.
    StateReady = "state.ready",
    /// How something is: missing.
    StateMissing = "state.missing",
    /// A value alone.
    Plain = "plain",
}
