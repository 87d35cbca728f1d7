; Every sentence that a person reads, in both languages. Which one is shown follows the system's display language; English when
; it is neither. The names come from brand.toml.

LangString HelperName ${LANG_KOREAN} "${NAME_KO}"
LangString HelperName ${LANG_ENGLISH} "${NAME_EN}"

LangString WelcomeTitle ${LANG_KOREAN} "$(HelperName) 설치"
LangString WelcomeTitle ${LANG_ENGLISH} "Install $(HelperName)"

LangString WelcomeText ${LANG_KOREAN} "한 번만 눌러 원격지원을 받을 수 있게 해 줍니다. 관리자 권한은 필요하지 않습니다.$\r$\n$\r$\n[설치]를 누르면 바로 시작합니다."
LangString WelcomeText ${LANG_ENGLISH} "It brings remote support with a single click. No administrator rights are needed.$\r$\n$\r$\nPress [Install] to begin."

LangString StartNow ${LANG_KOREAN} "지금 시작하기"
LangString StartNow ${LANG_ENGLISH} "Start it now"

LangString IsNewer ${LANG_KOREAN} "이 PC에는 더 새로운 버전($InstalledVersion)이 이미 있습니다. 아무것도 바꾸지 않았습니다."
LangString IsNewer ${LANG_ENGLISH} "This PC has a newer version already ($InstalledVersion). Nothing was changed."

LangString IsForAll ${LANG_KOREAN} "이 PC에는 모든 사용자용으로 이미 설치되어 있습니다. 바탕 화면이나 시작 메뉴에 있는 [$(HelperName)] 아이콘을 쓰시면 됩니다. 아무것도 바꾸지 않았습니다."
LangString IsForAll ${LANG_ENGLISH} "It is installed for everybody on this PC already. Use [$(HelperName)] on the Desktop or in the Start menu. Nothing was changed."

LangString NeedsAdministrator ${LANG_KOREAN} "모든 사용자용 설치와 제거는 관리자 권한으로 실행해야 합니다. 아무것도 바꾸지 않았습니다."
LangString NeedsAdministrator ${LANG_ENGLISH} "Installing or removing for all users has to be run as administrator. Nothing was changed."

LangString NotUnderstood ${LANG_KOREAN} "명령줄의 다음 옵션을 알 수 없습니다: $Unknown"
LangString NotUnderstood ${LANG_ENGLISH} "This option of the command line is not known: $Unknown"

LangString RunsAlready ${LANG_KOREAN} "설치 또는 제거가 이미 진행되고 있습니다. 끝날 때까지 기다려 주세요."
LangString RunsAlready ${LANG_ENGLISH} "An installation or removal is running already. Please wait for its end."

LangString NotWritten ${LANG_KOREAN} "파일을 쓸 수 없습니다: $Word$\r$\n디스크 공간과 백신 프로그램을 확인한 뒤 다시 실행해 주세요. 이전 버전은 그대로 있습니다."
LangString NotWritten ${LANG_ENGLISH} "This file cannot be written: $Word$\r$\nLook at the free space and the virus scanner, then run this again. The version before is still in place."

LangString NotRemoved ${LANG_KOREAN} "지우지 못한 파일이 있습니다: $Word$\r$\n트레이 아이콘에서 [도우미 끝내기]를 누른 뒤 다시 제거해 주세요."
LangString NotRemoved ${LANG_ENGLISH} "Something could not be removed: $Word$\r$\nPress [Quit the helper] at the tray icon and remove it again."

LangString RemoveTitle ${LANG_KOREAN} "$(HelperName) 제거"
LangString RemoveTitle ${LANG_ENGLISH} "Remove $(HelperName)"

LangString RemoveText ${LANG_KOREAN} "프로그램과 받아 둔 원격지원 모듈, 설정, 기록을 이 PC에서 지웁니다."
LangString RemoveText ${LANG_ENGLISH} "The program, the remote support modules that it fetched, its settings and its records are removed from this PC."
