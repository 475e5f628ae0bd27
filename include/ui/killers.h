/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Userspace killers on the screen: a line among the evidence, a section of the rights panel.
 */
#ifndef OOMWATCH_UI_KILLERS_H
#define OOMWATCH_UI_KILLERS_H

#include "ui/page.h"
#include "ui/view.h"

/** Whether one runs, so that there is something to say. */
bool killers_run(const struct view *view);

/** Nearest trigger first, whom each would take, as much as fits: "earlyoom acts in 1.2G, then java
 * 23283; systemd-oomd pressure 12% of 60%".  What does not is counted: "; +1 more: !". */
void killers_line(const struct view *view, size_t cells, struct text *text);

/** The line with its label. */
void evidence_killers(struct view *view, struct canvas *canvas, struct rect line);

/** The whole story of each, with labels of label_cols cells. */
void killers_page(const struct view *view, struct page *page, int label_cols);

#endif
