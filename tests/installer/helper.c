/*
 * Stands in for the helper where only its life matters to the installer: it starts, is asked to quit, and takes a moment to end.
 *
 *   helper [anything]   runs until it is asked to quit, and notes its arguments in the helper's data folder
 *   helper deaf         runs and cannot be asked
 *   helper quit         0 when one was asked, 6 when none runs
 *   helper status       0 when one runs, 6 when none runs
 */
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

#define DOOR L"Local\\support-helper-stand-in"

static void note(const wchar_t *line)
{
    wchar_t path[1024];
    DWORD length = GetEnvironmentVariableW(L"LOCALAPPDATA", path, 900);
    if (!length) return;
    wcscat(path, L"\\" IDENTIFIER);
    CreateDirectoryW(path, NULL);
    wcscat(path, L"\\starts.txt");
    FILE *file = _wfopen(path, L"ab");
    if (!file) return;
    char text[8192];
    int size = WideCharToMultiByte(CP_UTF8, 0, line, -1, text, sizeof text, NULL, NULL);
    if (size > 0) fprintf(file, "%s %s\n", VERSION_TEXT, text);
    fclose(file);
}

int wmain(int count, wchar_t **words)
{
    const wchar_t *first = count > 1 ? words[1] : L"";
    HANDLE door = OpenEventW(EVENT_MODIFY_STATE, FALSE, DOOR);
    if (!wcscmp(first, L"status")) return door ? 0 : 6;
    if (!wcscmp(first, L"quit")) {
        if (!door) return 6;
        SetEvent(door);
        return 0;
    }
    if (!wcscmp(first, L"deaf")) {
        Sleep(INFINITE);
    }
    note(GetCommandLineW());
    if (door) return 0;
    door = CreateEventW(NULL, TRUE, FALSE, DOOR);
    WaitForSingleObject(door, INFINITE);
    /* A helper that ends still closes its tray and its files. */
    Sleep(700);
    return 0;
}
