/* Starts its arguments as a program without administrator's rights, as Windows does for everybody whom it did not ask. */
#include <windows.h>
#include <stdio.h>
int wmain(void)
{
    HANDLE own, less;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof sid, code = 99;
    SID_AND_ATTRIBUTES off = {sid, 0};
    STARTUPINFOW start = {sizeof start};
    PROCESS_INFORMATION made;
    wchar_t *line = GetCommandLineW();
    /* Behind the own name, which is quoted. */
    if (*line == L'"') { line = wcschr(line + 1, L'"'); }
    line = line ? wcschr(line, L' ') : 0;
    if (!line) return 98;
    while (*line == L' ') line++;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own)) return 97;
    if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, 0, sid, &size)) return 96;
    if (!CreateRestrictedToken(own, 0, 1, &off, 0, 0, 0, 0, &less)) return 95;
    if (!CreateProcessAsUserW(less, 0, line, 0, 0, TRUE, 0, 0, 0, &start, &made)) { printf("%lu\n", GetLastError()); return 94; }
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &code);
    return (int)code;
}
