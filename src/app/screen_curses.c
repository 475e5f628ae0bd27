/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "app/screen.h"
#include "base/value.h"
#include "ui/keys.h"

/*
 * curses writes with write(2) and waits where the terminal does not drain, so it does not
 * get the terminal: once it is set up, its descriptor is pointed at a file in memory, and
 * that is copied to the terminal without waiting.
 */
struct screen {
	SCREEN *curses;
	WINDOW *keys;       /**< a pad: reading a key from it draws nothing */
	FILE *file;         /**< what curses writes to */
	int tty_fd;         /**< the terminal, O_NONBLOCK, a description of our own */
	int memory_fd;      /**< the file in memory */
	off_t sent, filled; /**< bytes of it: on the terminal, in all */
	bool color;
	struct cell *shown; /**< what the terminal shows; NULL: everything is sent again */
	size_t shown_room;  /**< cells that it has room for */
	int cols, rows;     /**< of shown; 0: unknown */
	struct termios before;
};

/** For the handler of fatal signals: what puts the terminal right again. */
static struct {
	int fd;
	struct termios before;
	char bytes[256];
	size_t len;
} rescue = { .fd = -1 };

static void rescue_terminal(int signal_number)
{
	if (rescue.fd >= 0) {
		(void)!write(rescue.fd, rescue.bytes, rescue.len);
		tcsetattr(rescue.fd, TCSANOW, &rescue.before);
	}
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void rescue_add(const char *capability)
{
	const size_t len = capability ? strlen(capability) : 0;

	if (rescue.len + len <= sizeof(rescue.bytes)) {
		memcpy(rescue.bytes + rescue.len, capability ? capability : "", len);
		rescue.len += len;
	}
}

static void rescue_prepare(const struct screen *screen)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	rescue.len = 0;
	rescue_add(exit_attribute_mode);
	rescue_add(cursor_normal);
	rescue_add(keypad_local);
	rescue_add(exit_ca_mode);
	rescue.before = screen->before;
	rescue.fd = screen->tty_fd;
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		signal(fatal[i], rescue_terminal);
}

static short color_of(int16_t of_256, int16_t of_16)
{
	if (COLORS >= 256)
		return of_256;
	/* Eight colours: the bright ones become the plain ones. */
	if (COLORS < 16 && of_16 >= 8)
		return (short)(of_16 - 8);
	return of_16;
}

static void prepare_colors(struct screen *screen)
{
	screen->color = screen->color && has_colors() && start_color() != ERR && COLORS >= 8 &&
		use_default_colors() != ERR;
	if (!screen->color)
		return;
	for (int style = 0; style < STYLE_COUNT; style++) {
		const struct style_look *look = theme_look((enum style)style);

		init_pair((short)(style + 1), color_of(look->fg256, look->fg16),
			color_of(look->bg256, look->bg16));
	}
}

static attr_t attributes_of(const struct screen *screen, enum style style)
{
	const struct style_look *look = theme_look(style);
	const unsigned wanted = screen->color ? look->attributes : look->mono_attributes;

	return (wanted & ATTR_BOLD ? A_BOLD : 0) | (wanted & ATTR_DIM ? A_DIM : 0) |
		(wanted & ATTR_REVERSE ? A_REVERSE : 0) |
		(wanted & ATTR_UNDERLINE ? A_UNDERLINE : 0);
}

static void set_waiting(const struct screen *screen, bool waiting)
{
	const int flags = fcntl(screen->tty_fd, F_GETFL);

	fcntl(screen->tty_fd, F_SETFL, waiting ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

static int open_terminal(struct screen *screen)
{
	/* Opened again: O_NONBLOCK on stdout itself would reach the shell too. */
	screen->tty_fd = open("/proc/self/fd/1", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (screen->tty_fd < 0) {
		const char *name = ttyname(STDOUT_FILENO);

		if (name)
			screen->tty_fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	}
	if (screen->tty_fd < 0 || tcgetattr(screen->tty_fd, &screen->before) < 0)
		return -errno;
	screen->memory_fd = memfd_create("oomwatch-screen", MFD_CLOEXEC);
	if (screen->memory_fd < 0)
		return -errno;
	/* curses sets the terminal up, and leaves it, waiting. */
	set_waiting(screen, true);
	screen->file = fdopen(dup(screen->tty_fd), "w");
	return screen->file ? 0 : -errno;
}

/** Point curses at the memory file (or back at the terminal). */
static void point_curses_at(struct screen *screen, int fd)
{
	dup2(fd, fileno(screen->file));
}

static int open_curses(struct screen *screen)
{
	screen->curses = newterm(NULL, screen->file, stdin);
	if (!screen->curses) {
		const char *term = getenv("TERM");

		fprintf(stderr, "oomwatch: terminal type '%s' is not known here (TERM)\n",
			term ? term : "");
		return -ENOTTY;
	}
	if (!cursor_address) {
		fputs("oomwatch: this terminal cannot place its cursor (TERM); see --batch\n",
			stderr);
		return -ENOTTY;
	}
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	prepare_colors(screen);
	screen->keys = newpad(1, 1);
	if (!screen->keys)
		return -ENOMEM;
	keypad(screen->keys, TRUE);
	nodelay(screen->keys, TRUE);
	return 0;
}

int screen_open(bool color, struct screen **ret)
{
	struct screen *screen;
	int r;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("oomwatch: stdin and stdout must be a terminal; see --batch and --json\n",
			stderr);
		return -ENOTTY;
	}
	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return -ENOMEM;
	screen->tty_fd = screen->memory_fd = -1;
	screen->color = color;
	r = open_terminal(screen);
	if (r < 0)
		fprintf(stderr, "oomwatch: cannot open the terminal: %s\n", strerror(-r));
	else
		r = open_curses(screen);
	if (r < 0) {
		screen_close(screen);
		return r;
	}
	refresh();
	rescue_prepare(screen);
	point_curses_at(screen, screen->memory_fd);
	set_waiting(screen, false);
	*ret = screen;
	return 0;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->curses) {
		screen_suspend(screen);
		rescue.fd = -1;
		if (screen->keys)
			delwin(screen->keys);
		delscreen(screen->curses);
	}
	if (screen->file)
		fclose(screen->file);
	if (screen->memory_fd >= 0)
		close(screen->memory_fd);
	if (screen->tty_fd >= 0)
		close(screen->tty_fd);
	free(screen->shown);
	free(screen);
}

void screen_size(struct screen *screen, int *ret_cols, int *ret_rows)
{
	struct winsize size;

	*ret_cols = 80;
	*ret_rows = 24;
	if (ioctl(screen->tty_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*ret_cols = size.ws_col < CANVAS_COLS_MAX ? size.ws_col : CANVAS_COLS_MAX;
		*ret_rows = size.ws_row < CANVAS_ROWS_MAX ? size.ws_row : CANVAS_ROWS_MAX;
	}
	if (*ret_cols != COLS || *ret_rows != LINES) {
		resizeterm(*ret_rows, *ret_cols);
		screen_forget(screen);
	}
}

void screen_forget(struct screen *screen)
{
	screen->cols = screen->rows = 0;
}

static void put_cell(const struct screen *screen, int row, int col, const struct cell *cell)
{
	const wchar_t text[2] = { cell->code_point ? (wchar_t)cell->code_point : L' ', L'\0' };
	short pair = 0;
	cchar_t character;

	if (screen->color)
		pair = (short)(cell->style + 1);
	if (setcchar(&character, text, attributes_of(screen, (enum style)cell->style), pair,
		    NULL) == OK)
		mvadd_wch(row, col, &character);
}

static void put_row(struct screen *screen, const struct canvas *canvas, int row)
{
	const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
	struct cell *shown = screen->shown + (size_t)row * (size_t)canvas->cols;

	for (int col = 0; col < canvas->cols; col++) {
		/* The right half of a wide character goes with its left half. */
		if (cells[col].code_point == 0)
			continue;
		if (cells[col].code_point != shown[col].code_point ||
			cells[col].style != shown[col].style)
			put_cell(screen, row, col, &cells[col]);
	}
	memcpy(shown, cells, (size_t)canvas->cols * sizeof(*cells));
}

static void note_written(struct screen *screen)
{
	screen->filled = lseek(screen->memory_fd, 0, SEEK_CUR);
}

/** Another size, or what is on the terminal is not known: start from an empty one. */
static void begin_anew(struct screen *screen, const struct canvas *canvas)
{
	const size_t need = (size_t)canvas->cols * (size_t)canvas->rows;

	if (need > screen->shown_room) {
		free(screen->shown);
		screen->shown = calloc(need, sizeof(*screen->shown));
		screen->shown_room = screen->shown ? need : 0;
	}
	if (!screen->shown) {
		/* No memory: the frame is left out, the next one tries again. */
		screen_forget(screen);
		return;
	}
	clearok(curscr, TRUE);
	erase();
	for (size_t i = 0; i < need; i++)
		screen->shown[i] = (struct cell){ ' ', STYLE_NORMAL };
	screen->cols = canvas->cols;
	screen->rows = canvas->rows;
}

bool screen_draw(struct screen *screen, const struct canvas *canvas)
{
	if (screen_flush(screen))
		return false;
	if (screen->cols != canvas->cols || screen->rows != canvas->rows)
		begin_anew(screen, canvas);
	if (!screen->shown)
		return false;
	for (int row = 0; row < canvas->rows; row++)
		put_row(screen, canvas, row);
	curs_set(canvas->cursor_col >= 0);
	if (canvas->cursor_col >= 0)
		move(canvas->cursor_row, canvas->cursor_col);
	refresh();
	note_written(screen);
	(void)screen_flush(screen);
	return true;
}

bool screen_flush(struct screen *screen)
{
	char chunk[4096];

	while (screen->sent < screen->filled) {
		const off_t left = screen->filled - screen->sent;
		const size_t want = left < (off_t)sizeof(chunk) ? (size_t)left : sizeof(chunk);
		const ssize_t got = pread(screen->memory_fd, chunk, want, screen->sent);
		const ssize_t put = got > 0 ? write(screen->tty_fd, chunk, (size_t)got) : 0;

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			return true;
		if (put <= 0)
			break; /* the terminal is gone: SIGHUP ends the program */
		screen->sent += put;
	}
	/* The pages of the file stay: the next frame needs no new ones. */
	lseek(screen->memory_fd, 0, SEEK_SET);
	screen->sent = screen->filled = 0;
	return false;
}

int screen_fd(const struct screen *screen)
{
	return screen->tty_fd;
}

static int translate(wint_t code)
{
	static const struct {
		wint_t curses;
		int key;
	} keys[] = {
		{ KEY_UP, KEY_UP_ARROW },
		{ KEY_DOWN, KEY_DOWN_ARROW },
		{ KEY_LEFT, KEY_LEFT_ARROW },
		{ KEY_RIGHT, KEY_RIGHT_ARROW },
		{ KEY_PPAGE, KEY_PAGE_UP },
		{ KEY_NPAGE, KEY_PAGE_DOWN },
		{ KEY_HOME, KEY_HOME_KEY },
		{ KEY_END, KEY_END_KEY },
		{ KEY_BACKSPACE, KEY_ERASE },
		{ KEY_DC, KEY_DELETE_KEY },
		{ KEY_BTAB, KEY_BACK_TAB },
		{ KEY_ENTER, KEY_RETURN },
		{ KEY_RESIZE, KEY_RESIZED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].curses == code)
			return keys[i].key;
	if (code > KEY_F0 && code <= KEY_F0 + 12)
		return KEY_FN((int)(code - KEY_F0));
	return KEY_NONE;
}

int screen_key(struct screen *screen)
{
	wint_t code = 0;
	const int kind = wget_wch(screen->keys, &code);

	/* Reading the first key switches the keypad on, which is output too. */
	note_written(screen);
	if (kind == ERR)
		return KEY_NONE;
	if (kind == KEY_CODE_YES)
		return translate(code);
	if (code == '\n')
		return KEY_RETURN;
	if (code == 127 || code == 8)
		return KEY_ERASE;
	return (int)code;
}

void screen_suspend(struct screen *screen)
{
	/* What puts the terminal right must get through. */
	set_waiting(screen, true);
	(void)screen_flush(screen);
	point_curses_at(screen, screen->tty_fd);
	endwin();
}

void screen_resume(struct screen *screen)
{
	refresh();
	point_curses_at(screen, screen->memory_fd);
	set_waiting(screen, false);
	screen_forget(screen);
}
