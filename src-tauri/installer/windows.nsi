; The helper's installer for Windows. `scripts/package-windows` builds it; README.md beside this file says what it does for whom.
;
; It is a 64-bit program like the helper itself, so it sees the registry and %ProgramFiles% as the helper does.

Unicode true
Target amd64-unicode
!include /CHARSET=UTF8 "${BRAND}"

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh

; ---- What is written where -------------------------------------------------------------------------------------------------------

!define EXE "${PROGRAM}.exe"
; Only what Rust's GNU toolchain links needs it beside itself; the MSVC one links it in.
!define LOADER "WebView2Loader.dll"
; Ends the name of a file that is not in place yet, and begins the end of one that had to make room while it was held.
!define NEW ".new"
!define OLD ".old"
!define LICENCE "LICENSE.txt"
!define UNINSTALLER "uninstall.exe"
; Its presence tells the helper and the uninstaller that this installation is IT's: the helper does not renew itself then (SPEC F4).
!define FOR_ALL "installed-for-all-users.txt"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${IDENTIFIER}"
!define LINK "Software\Classes\${SCHEME}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
; Where Task Manager keeps what the person switched off.
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

; ---- Exit codes (README.md); 0 done and 1 cancelled are NSIS's own --------------------------------------------------------------

!define FAILED 2
!define IS_NEWER 3
!define IS_FOR_ALL 4
!define NEEDS_ADMINISTRATOR 5
!define NOT_UNDERSTOOD 6
!define RUNS_ALREADY 7

; ---- Limits ----------------------------------------------------------------------------------------------------------------------

; How long `quit` may take to be answered, in milliseconds: the helper's own limit for a hand-over is 10 s.
!define QUIT_LIMIT 15000
; How often, and how long apart in milliseconds, it is looked whether the program file is free.
!define FREE_LOOKS 100
!define FREE_PAUSE 200

Name "$(HelperName)"
OutFile "${SETUP}"
RequestExecutionLevel user
ManifestSupportedOS all
ManifestDPIAware true
ManifestLongPathAware true
XPStyle on
CRCCheck on
BrandingText " "
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION_NUMBERS}"
VIAddVersionKey /LANG=0 "ProductName" "${NAME_EN}"
VIAddVersionKey /LANG=0 "CompanyName" "${VENDOR}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME_EN} Setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "${VENDOR}"

; What the command line says.
Var ForAll
Var Passive ; a progress bar, no question
Var Update ; the helper renews itself
Var Restart
Var Downgrade
Var NoDesktop
Var NoAutostart
Var LogFile

Var Unknown ; an option that nobody knows
Var Log ; handle, empty without a log
Var Word ; what a sentence names
Var Name ; of the file that is put in place
Var Rest ; of the command line
Var Before ; the folder of the installation that is registered, empty without one
Var InstalledVersion ; of the program that stands in the folder now
Var HadRun ; "yes" when a helper was asked to quit and obeyed
Var Data ; the helper's own folder of this user

!define MUI_ICON "${FILES}/icon.ico"
!define MUI_UNICON "${FILES}/icon.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${FILES}/side.bmp"
!define MUI_CUSTOMFUNCTION_GUIINIT BeginWindow
!define MUI_WELCOMEPAGE_TITLE "$(WelcomeTitle)"
!define MUI_WELCOMEPAGE_TEXT "$(WelcomeText)"
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenPassive
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "$(StartNow)"
!define MUI_FINISHPAGE_RUN_FUNCTION StartVisible
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenPassive
!insertmacro MUI_PAGE_FINISH

!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(RemoveText)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

; The first one is what a system with another language shows.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Korean"
!include /CHARSET=UTF8 "words.nsh"

; ---- Words for the log and for people --------------------------------------------------------------------------------------------

; One line for the log; English, because whoever collects logs searches them.
!macro Note TEXT
  ${If} $Log != ""
    FileWriteUTF16LE $Log "${TEXT}$\r$\n"
  ${EndIf}
!macroend
!define Note "!insertmacro Note"

; Ends before anything was changed: one sentence in a window, or on the console that a silent start came from.
!macro Refuse CODE SENTENCE
  StrCpy $R9 "${SENTENCE}"
  ${Note} "refused (${CODE}): $R9"
  SetErrorLevel ${CODE}
  ${If} ${Silent}
    System::Call 'kernel32::AttachConsole(i -1)'
    System::Call 'kernel32::GetStdHandle(i -12) p .R8'
    FileWrite $R8 "${IDENTIFIER}: $R9$\r$\n"
  ${Else}
    MessageBox MB_OK|MB_ICONINFORMATION "$R9"
  ${EndIf}
  Quit
!macroend
!define Refuse "!insertmacro Refuse"

; ---- The same for the installer and the uninstaller ------------------------------------------------------------------------------

!macro Shared UN
; Takes the next word from $Rest into $Word, without its quotes.
Function ${UN}NextWord
  Push $0
  Push $1
  Push $2
  StrCpy $Word ""
  StrCpy $1 "" ; inside quotes?
  StrCpy $2 "" ; has the word begun?
  ${Do}
    StrCpy $0 $Rest 1
    ${If} $0 == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $Rest $Rest "" 1
    ${If} $0 == '"'
      StrCpy $2 yes
      ${If} $1 == ""
        StrCpy $1 yes
      ${Else}
        StrCpy $1 ""
      ${EndIf}
    ${ElseIf} $0 == " "
    ${AndIf} $1 == ""
      ${If} $2 != ""
        ${ExitDo}
      ${EndIf}
    ${Else}
      StrCpy $2 yes
      StrCpy $Word "$Word$0"
    ${EndIf}
  ${Loop}
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

Function ${UN}OpenLog
  ${If} $LogFile != ""
    ClearErrors
    FileOpen $Log $LogFile a
    ${If} ${Errors}
      StrCpy $Log ""
    ${Else}
      FileSeek $Log 0 END
      FileWriteUTF16LE /BOM $Log ""
    ${EndIf}
  ${EndIf}
FunctionEnd

Function ${UN}BeAlone
  ; The name is this session's. The handle closes with the process.
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "Local\${IDENTIFIER}-setup") p .r0 ?e'
  Pop $0
  ${If} $0 = 183 ; ERROR_ALREADY_EXISTS
    ${Refuse} ${RUNS_ALREADY} "$(RunsAlready)"
  ${EndIf}
FunctionEnd

Function ${UN}NeedAdministrator
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    ${Refuse} ${NEEDS_ADMINISTRATOR} "$(NeedsAdministrator)"
  ${EndIf}
FunctionEnd

; Asks the helper of this user to quit, and waits until its file is free. A helper that cannot be reached is left alone: its file is
; moved aside later, which Windows allows while it runs.
Function ${UN}AskToQuit
  StrCpy $HadRun ""
  ; Without a data folder this user's helper never ran, and asking would make one (an administrator's or SYSTEM's).
  ${IfNot} ${FileExists} "$INSTDIR\${EXE}"
  ${OrIfNot} ${FileExists} "$Data\*.*"
    Return
  ${EndIf}
  nsExec::Exec /TIMEOUT=${QUIT_LIMIT} '"$INSTDIR\${EXE}" quit'
  Pop $0
  ${Note} "the running helper was asked to quit: $0 (0 it does, 6 none runs)"
  ${If} $0 == "0"
    StrCpy $HadRun yes
  ${EndIf}
  ; Also when nothing answered: another session of it, or a virus scanner, may hold the file.
  ${For} $1 1 ${FREE_LOOKS}
    ClearErrors
    FileOpen $0 "$INSTDIR\${EXE}" a
    ${IfNot} ${Errors}
      FileClose $0
      ${ExitFor}
    ${EndIf}
    ${If} $HadRun == ""
    ${AndIf} $1 > 10
      ${ExitFor}
    ${EndIf}
    Sleep ${FREE_PAUSE}
  ${Next}
FunctionEnd

; Removes what had to make room once and is not held any more.
Function ${UN}SweepOld
  FindFirst $0 $1 "$INSTDIR\*${OLD}*"
  ${DoWhile} $1 != ""
    Delete "$INSTDIR\$1"
    FindNext $0 $1
  ${Loop}
  FindClose $0
FunctionEnd

; The updater leaves every installer that it ran in a folder of its own below %TEMP% (tauri-plugin-updater 2.14, `make_temp_dir`).
; The one that runs now is in use and stays until the next time.
Function ${UN}SweepUpdates
  FindFirst $0 $1 "$TEMP\${PROGRAM}-*-updater-*"
  ${DoWhile} $1 != ""
    ${If} "$TEMP\$1" != $EXEDIR
      Delete "$TEMP\$1\${PROGRAM}-*-installer.exe"
      RMDir "$TEMP\$1"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
FunctionEnd

!macroend
!insertmacro Shared ""
!insertmacro Shared "un."

; A short cut's name is in the language of the installation that wrote it.
!macro RemoveShortCuts FOLDER
  Delete "${FOLDER}\${NAME_KO}.lnk"
  Delete "${FOLDER}\${NAME_EN}.lnk"
!macroend

; ---- Installing ------------------------------------------------------------------------------------------------------------------

Function ReadCommandLine
  ${GetParameters} $Rest
  ${Do}
    Call NextWord
    ${If} $Word == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $0 $Word 5
    StrCpy $1 $Word 3
    ${If} $Word == "/S"
      SetSilent silent
    ${ElseIf} $Word == "/NCRC"
      ; NSIS's own.
    ${ElseIf} $1 == "/D="
      ; NSIS takes it only at the end and without quotes, and then hides it from here. This is the one with quotes.
      StrCpy $INSTDIR $Word "" 3
    ${ElseIf} $Word == "/ALLUSERS"
      StrCpy $ForAll yes
    ${ElseIf} $Word == "/NODESKTOP"
      StrCpy $NoDesktop yes
    ${ElseIf} $Word == "/NOAUTOSTART"
      StrCpy $NoAutostart yes
    ${ElseIf} $Word == "/DOWNGRADE"
      StrCpy $Downgrade yes
    ${ElseIf} $0 == "/LOG="
      StrCpy $LogFile $Word "" 5
    ${ElseIf} $Word == "/P"
      StrCpy $Passive yes
    ${ElseIf} $Word == "/UPDATE"
      StrCpy $Update yes
    ${ElseIf} $Word == "/R"
      StrCpy $Restart yes
    ${ElseIf} $Word == "/ARGS"
      ; The rest is how the helper was started before: a click or a link of then must not become a request for support now.
      ${ExitDo}
    ${Else}
      StrCpy $Unknown $Word
    ${EndIf}
  ${Loop}
FunctionEnd

; Where it goes: what the command line says, else where it is, else the usual place.
Function ChooseFolder
  ReadRegStr $Before SHCTX "${ENTRY}" "InstallLocation"
  ${If} $Update == yes
    ; Behind /ARGS stands what somebody else may have written: a link.
    StrCpy $INSTDIR ""
  ${EndIf}
  ${If} $INSTDIR != ""
    Return
  ${EndIf}
  ${If} $Before != ""
    StrCpy $INSTDIR $Before
  ${ElseIf} $ForAll == yes
    StrCpy $INSTDIR "$PROGRAMFILES64\${NAME_EN}"
  ${Else}
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME_EN}"
  ${EndIf}
FunctionEnd

; $0: a program. Leaves its version in $InstalledVersion, empty when there is none.
Function ReadVersion
  StrCpy $InstalledVersion ""
  ClearErrors
  GetDLLVersion $0 $1 $2
  ${IfNot} ${Errors}
    IntOp $3 $1 >> 16
    IntOp $3 $3 & 0xFFFF
    IntOp $4 $1 & 0xFFFF
    IntOp $5 $2 >> 16
    IntOp $5 $5 & 0xFFFF
    IntOp $6 $2 & 0xFFFF
    StrCpy $InstalledVersion "$3.$4.$5.$6"
  ${EndIf}
FunctionEnd

; What stands in the folder is the truth: an installation that was cut off may have replaced the file and not the entry.
Function RefuseOlder
  ${If} $Before != ""
    StrCpy $0 "$Before\${EXE}"
    Call RefuseOlderThan
  ${EndIf}
  StrCpy $0 "$INSTDIR\${EXE}"
  Call RefuseOlderThan
FunctionEnd

Function RefuseOlderThan
  Call ReadVersion
  ${If} $InstalledVersion == ""
  ${OrIf} $Downgrade == yes
    Return
  ${EndIf}
  ${VersionCompare} $InstalledVersion "${VERSION_NUMBERS}" $1
  ${If} $1 = 1
    ${Refuse} ${IS_NEWER} "$(IsNewer)"
  ${EndIf}
FunctionEnd

; A second helper of this user beside IT's would only be in its way.
Function RefuseBesideForAll
  ReadRegStr $0 HKLM "${ENTRY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\${EXE}"
    ${Refuse} ${IS_FOR_ALL} "$(IsForAll)"
  ${EndIf}
FunctionEnd

Function .onInit
  ; Before the context for all users changes what the name means.
  StrCpy $Data "$LOCALAPPDATA\${IDENTIFIER}"
  Call ReadCommandLine
  Call OpenLog
  ${Note} "${IDENTIFIER} ${VERSION} setup: $CMDLINE"
  ${If} $Unknown != ""
    ${Refuse} ${NOT_UNDERSTOOD} "$(NotUnderstood)"
  ${EndIf}
  Call BeAlone
  ${If} $ForAll == yes
    Call NeedAdministrator
    SetShellVarContext all
  ${Else}
    Call RefuseBesideForAll
    SetShellVarContext current
  ${EndIf}
  Call ChooseFolder
  Call RefuseOlder
FunctionEnd

Function BeginWindow
  ${If} $Passive == yes
    SetAutoClose true
  ${EndIf}
FunctionEnd

Function SkipWhenPassive
  ${If} $Passive == yes
    Abort
  ${EndIf}
FunctionEnd

; Brings back the helper that was asked to quit, or that quit to be renewed.
Function StartAgain
  ${If} $Restart == yes
  ${OrIf} $HadRun == yes
    ${If} $ForAll != yes
      ${Note} "the helper is started again"
      Exec '"$INSTDIR\${EXE}" --background'
    ${EndIf}
  ${EndIf}
FunctionEnd

; Ends an installation that cannot write; $Word names what.
Function GiveUp
  ${Note} "failed: $Word cannot be written"
  SetErrorLevel ${FAILED}
  Delete "$INSTDIR\${EXE}${NEW}"
  Delete "$INSTDIR\${LOADER}${NEW}"
  ${IfNot} ${Silent}
    MessageBox MB_OK|MB_ICONSTOP "$(NotWritten)"
  ${EndIf}
  RMDir "$INSTDIR"
  Call StartAgain
  Quit
FunctionEnd

; The name holds the whole old or the whole new file, except for the instant between two renames when the old one is held.
Function PutInPlace
  StrCpy $1 "$INSTDIR\$Name${NEW}"
  StrCpy $2 "$INSTDIR\$Name"
  ; MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH
  System::Call 'kernel32::MoveFileExW(w r1, w r2, i 9) i .r0'
  ${If} $0 <> 0
    ${Note} "wrote $2"
    Return
  ${EndIf}
  ; What runs can be renamed, not replaced. The name is one that nothing holds.
  ${For} $3 1 99
    StrCpy $4 "$INSTDIR\$Name${OLD}$3"
    ${IfNot} ${FileExists} $4
      ${ExitFor}
    ${EndIf}
  ${Next}
  ClearErrors
  Rename $2 $4
  ${If} ${Errors}
    StrCpy $Word $2
    Call GiveUp
  ${EndIf}
  Rename $1 $2
  ${If} ${Errors}
    Rename $4 $2
    StrCpy $Word $2
    Call GiveUp
  ${EndIf}
  ${Note} "wrote $2; the version before still runs from $4"
  ; Only an administrator may leave work for the next start of Windows; otherwise the next installation sweeps it.
  Delete /REBOOTOK $4
FunctionEnd

; The installation before, when it stood somewhere else.
Function LeaveOldFolder
  ${If} $Before == ""
  ${OrIf} $Before == $INSTDIR
    Return
  ${EndIf}
  ${Note} "moved from $Before"
  Delete "$Before\${EXE}*"
  Delete "$Before\${LOADER}*"
  Delete "$Before\${LICENCE}"
  Delete "$Before\${FOR_ALL}"
  Delete "$Before\${UNINSTALLER}"
  RMDir "$Before"
FunctionEnd

; An update keeps what the person or IT chose since: it mends what is there and brings back nothing that was removed.
Function WriteShortCuts
  StrCpy $0 ""
  ${If} ${FileExists} "$DESKTOP\${NAME_KO}.lnk"
  ${OrIf} ${FileExists} "$DESKTOP\${NAME_EN}.lnk"
    StrCpy $0 yes
  ${EndIf}
  !insertmacro RemoveShortCuts $DESKTOP
  ${If} $NoDesktop != yes
    ${If} $Update != yes
    ${OrIf} $0 == yes
      ; The icon on the Desktop is the click (SPEC A1).
      ClearErrors
      CreateShortcut "$DESKTOP\$(HelperName).lnk" "$INSTDIR\${EXE}" "start" "$INSTDIR\${EXE}" 0
      ${If} ${Errors}
        ; A Desktop that cannot be written is IT's wish more often than a fault.
        ${Note} "no short cut on the Desktop: $DESKTOP cannot be written"
      ${EndIf}
    ${EndIf}
  ${EndIf}
  !insertmacro RemoveShortCuts $SMPROGRAMS
  ClearErrors
  CreateShortcut "$SMPROGRAMS\$(HelperName).lnk" "$INSTDIR\${EXE}" "" "$INSTDIR\${EXE}" 0
  ${If} ${Errors}
    ${Note} "no short cut in the Start menu: $SMPROGRAMS cannot be written"
  ${EndIf}
FunctionEnd

Function WriteAutostart
  ReadRegStr $0 SHCTX "${RUN}" "${IDENTIFIER}"
  ${If} $NoAutostart == yes
    DeleteRegValue SHCTX "${RUN}" "${IDENTIFIER}"
  ${ElseIf} $Update != yes
  ${OrIf} $0 != ""
    WriteRegStr SHCTX "${RUN}" "${IDENTIFIER}" '"$INSTDIR\${EXE}" --background'
  ${EndIf}
FunctionEnd

Function WriteLinkScheme
  WriteRegStr SHCTX "${LINK}" "" "URL:${NAME_EN}"
  WriteRegStr SHCTX "${LINK}" "URL Protocol" ""
  WriteRegStr SHCTX "${LINK}\DefaultIcon" "" '"$INSTDIR\${EXE}",0'
  WriteRegStr SHCTX "${LINK}\shell\open\command" "" '"$INSTDIR\${EXE}" "%1"'
FunctionEnd

Function WriteEntry
  WriteRegStr SHCTX "${ENTRY}" "DisplayName" "$(HelperName)"
  WriteRegStr SHCTX "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${ENTRY}" "DisplayIcon" "$INSTDIR\${EXE}"
  WriteRegStr SHCTX "${ENTRY}" "Publisher" "${VENDOR}"
  WriteRegStr SHCTX "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${ENTRY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr SHCTX "${ENTRY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD SHCTX "${ENTRY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD SHCTX "${ENTRY}" "NoModify" 1
  WriteRegDWORD SHCTX "${ENTRY}" "NoRepair" 1
FunctionEnd

Section
  SetOverwrite try
  ClearErrors
  SetOutPath "$INSTDIR"
  StrCpy $Word "$INSTDIR"
  ${If} ${Errors}
    Call GiveUp
  ${EndIf}
  ; Unpacked whole before the helper is disturbed.
  StrCpy $Word "$INSTDIR\${EXE}"
  ClearErrors
  File "/oname=${EXE}${NEW}" "${FILES}/${EXE}"
  !ifdef WITH_LOADER
    File "/oname=${LOADER}${NEW}" "${FILES}/${LOADER}"
  !endif
  ${If} ${Errors}
    Call GiveUp
  ${EndIf}
  ${If} $ForAll == yes
    ; Helpers of several people may run. They go on in the version before until each is started again; a program that was started from
    ; here would be elevated, which the helper must never be.
    ${Note} "helpers that run go on until they are started again"
  ${Else}
    Call AskToQuit
  ${EndIf}
  !ifdef WITH_LOADER
    StrCpy $Name "${LOADER}"
    Call PutInPlace
  !else
    Delete "$INSTDIR\${LOADER}"
  !endif
  StrCpy $Name "${EXE}"
  Call PutInPlace
  Call SweepOld
  StrCpy $Word "$INSTDIR\${LICENCE}"
  ClearErrors
  File "${FILES}/${LICENCE}"
  ${If} ${Errors}
    Call GiveUp
  ${EndIf}
  ${If} $ForAll == yes
    FileOpen $0 "$INSTDIR\${FOR_ALL}" w
    FileWrite $0 "This program was installed for all users of this PC. Whoever manages the PC installs newer versions; the program does not replace itself.$\r$\n"
    FileClose $0
  ${EndIf}
  StrCpy $Word "$INSTDIR\${UNINSTALLER}"
  ClearErrors
  WriteUninstaller "$INSTDIR\${UNINSTALLER}"
  ${If} ${Errors}
    Call GiveUp
  ${EndIf}
  Call LeaveOldFolder
  Call WriteShortCuts
  Call WriteAutostart
  Call WriteLinkScheme
  ClearErrors
  ; Last: what is listed is whole.
  Call WriteEntry
  ${If} ${Errors}
    StrCpy $Word "${ENTRY}"
    Call GiveUp
  ${EndIf}
  Call SweepUpdates
  ; Programs that open links, and the Desktop, look again: SHCNE_ASSOCCHANGED.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${Note} "done: ${VERSION} in $INSTDIR"
SectionEnd

Function StartVisible
  Exec '"$INSTDIR\${EXE}"'
FunctionEnd

Function .onInstSuccess
  Call StartAgain
FunctionEnd

; ---- Removing --------------------------------------------------------------------------------------------------------------------

Function un.ReadCommandLine
  ${GetParameters} $Rest
  ${Do}
    Call un.NextWord
    ${If} $Word == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $0 $Word 5
    StrCpy $1 $Word 3
    ${If} $Word == "/S"
      SetSilent silent
    ${ElseIf} $0 == "/LOG="
      StrCpy $LogFile $Word "" 5
    ${ElseIf} $Word == "/NCRC"
    ${ElseIf} $1 == "_?="
      ; NSIS's own.
    ${Else}
      StrCpy $Unknown $Word
    ${EndIf}
  ${Loop}
FunctionEnd

Function un.onInit
  StrCpy $Data "$LOCALAPPDATA\${IDENTIFIER}"
  Call un.ReadCommandLine
  Call un.OpenLog
  ${Note} "${IDENTIFIER} ${VERSION} removal from $INSTDIR"
  ${If} $Unknown != ""
    ${Refuse} ${NOT_UNDERSTOOD} "$(NotUnderstood)"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${FOR_ALL}"
    StrCpy $ForAll yes
    UserInfo::GetAccountType
    Pop $0
    ${If} $0 != "Admin"
    ${AndIfNot} ${Silent}
      ; The system's list of programs starts it without rights: Windows itself asks for them.
      ExecShell "runas" "$INSTDIR\${UNINSTALLER}"
      Quit
    ${EndIf}
    Call un.NeedAdministrator
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
  Call un.BeAlone
FunctionEnd

; The module's copy on the Desktop, if it is the one that the helper noted as its own (`copy` in the data folder: a checksum, a line end,
; then JSON with the path). Its name must be the module's too: the note is only a file.
Function un.RemoveModuleCopy
  ClearErrors
  FileOpen $0 "$Data\copy" r
  ${If} ${Errors}
    Return
  ${EndIf}
  ; The file is UTF-8, which NSIS cannot read by itself.
  System::Alloc 2048
  Pop $1
  System::Call 'kernel32::ReadFile(p r0, p r1, i 2048, *i .r2, p 0)'
  FileClose $0
  System::Call 'kernel32::MultiByteToWideChar(i 65001, i 0, p r1, i r2, w .r3, i ${NSIS_MAX_STRLEN})'
  System::Free $1
  StrCpy $4 "" ; the path
  ${Do}
    StrCpy $0 $3 8
    ${If} $0 == ""
      Return
    ${EndIf}
    ${If} $0 == '"path":"'
      ${ExitDo}
    ${EndIf}
    StrCpy $3 $3 "" 1
  ${Loop}
  StrCpy $3 $3 "" 8
  ${Do}
    StrCpy $0 $3 1
    ${If} $0 == '"'
      ${ExitDo}
    ${ElseIf} $0 == ""
      Return
    ${ElseIf} $0 == "\"
      StrCpy $3 $3 "" 1
      StrCpy $0 $3 1
    ${EndIf}
    StrCpy $4 "$4$0"
    StrCpy $3 $3 "" 1
  ${Loop}
  ${un.GetFileName} $4 $5
  ${If} $5 == "${MODULE}.exe"
    Delete $4
    ${Note} "removed the module's copy $4"
  ${EndIf}
FunctionEnd

; $0: a folder of this user. Removes it with what is in it, and does not walk through links into other folders: whoever removes for
; all users has more rights than the user who could have put them there.
Function un.RemoveTree
  Push $1
  Push $2
  Push $3
  System::Call 'kernel32::GetFileAttributesW(w r0) i .r3'
  ${If} $3 <> -1
    IntOp $3 $3 & 0x400 ; FILE_ATTRIBUTE_REPARSE_POINT
    ${If} $3 = 0
      FindFirst $1 $2 "$0\*.*"
      ${DoWhile} $2 != ""
        ${If} $2 != "."
        ${AndIf} $2 != ".."
          Push $0
          StrCpy $0 "$0\$2"
          System::Call 'kernel32::GetFileAttributesW(w r0) i .r3'
          IntOp $3 $3 & 0x10 ; FILE_ATTRIBUTE_DIRECTORY
          ${If} $3 <> 0
            Call un.RemoveTree
          ${Else}
            Delete $0
          ${EndIf}
          Pop $0
        ${EndIf}
        FindNext $1 $2
      ${Loop}
      FindClose $1
    ${EndIf}
    RMDir $0
  ${EndIf}
  Pop $3
  Pop $2
  Pop $1
FunctionEnd

; $Name: a file. One that is held is moved out of the folder, so that the folder can go.
Function un.RemoveFile
  Delete "$INSTDIR\$Name"
  ${If} ${FileExists} "$INSTDIR\$Name"
    GetTempFileName $0
    Delete $0
    Rename "$INSTDIR\$Name" $0
    Delete /REBOOTOK $0
  ${EndIf}
FunctionEnd

Section "Uninstall"
  ; The uninstaller's own folder is what it removes from; nobody stands in it.
  SetOutPath $TEMP
  Call un.AskToQuit
  Call un.RemoveModuleCopy
  StrCpy $Name "${EXE}"
  Call un.RemoveFile
  StrCpy $Name "${LOADER}"
  Call un.RemoveFile
  Delete "$INSTDIR\${EXE}${NEW}"
  Delete "$INSTDIR\${LOADER}${NEW}"
  Call un.SweepOld
  !insertmacro RemoveShortCuts $DESKTOP
  !insertmacro RemoveShortCuts $SMPROGRAMS
  DeleteRegValue SHCTX "${RUN}" "${IDENTIFIER}"
  DeleteRegValue SHCTX "${APPROVED}" "${IDENTIFIER}"
  ; Somebody else's program may have the scheme by now.
  ReadRegStr $0 SHCTX "${LINK}\shell\open\command" ""
  ${If} $0 == '"$INSTDIR\${EXE}" "%1"'
    DeleteRegKey SHCTX "${LINK}"
  ${EndIf}
  Call un.SweepUpdates
  StrCpy $0 $Data
  Call un.RemoveTree
  StrCpy $Word ""
  ${If} ${FileExists} "$Data\*.*"
    StrCpy $Word $Data
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${EXE}"
    StrCpy $Word "$INSTDIR\${EXE}"
  ${EndIf}
  ${If} $Word != ""
    ; It stays listed, and can be removed again.
    ${Note} "failed: $Word is held"
    ${IfNot} ${Silent}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(NotRemoved)"
    ${EndIf}
    SetErrorLevel ${FAILED}
    Quit
  ${EndIf}
  Delete "$INSTDIR\${LICENCE}"
  Delete "$INSTDIR\${FOR_ALL}"
  Delete "$INSTDIR\${UNINSTALLER}"
  RMDir "$INSTDIR"
  ; Perhaps made for this program alone; removed only when nothing else is in it.
  ${un.GetParent} $INSTDIR $0
  ${If} $0 == "$LOCALAPPDATA\Programs"
    RMDir $0
  ${EndIf}
  DeleteRegKey SHCTX "${ENTRY}"
  ${Note} "done"
  SetErrorLevel 0
SectionEnd
