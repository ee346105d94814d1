/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of libbo's answers a script tells by the exit code: boctl(1), EXIT STATUS. */
#include <errno.h>

#include "boctl/boctl.h"

int exit_code(int r)
{
        if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
                return EXIT_REFUSED; /* it is this side that has no more: the daemon is not away */
        if (r < 0)
                return EXIT_NO_ANSWER;
        switch (r) {
        case 0:
                return EXIT_DONE;
        case BO_ERR_UNAVAILABLE:
        case BO_ERR_BUSY:
                return EXIT_NO_ANSWER; /* it may answer later */
        case BO_ERR_NOT_ALLOWED:
        case BO_ERR_NOT_YOURSELF:
        case BO_ERR_PERSONAL_DATA:
        case BO_ERR_API_USER:
        case BO_ERR_PRIVATE_SOCKET_ONLY:
        case BO_ERR_NO_PERMISSION:
        case BO_ERR_ADDRESS_NOT_APPROVED:
        case BO_ERR_WRONG_PLACE:
                return EXIT_NOT_ALLOWED;
        case BO_ERR_NO_SUCH_USER:
        case BO_ERR_NO_SUCH_CUSTOMER:
        case BO_ERR_NO_SUCH_ROLE:
        case BO_ERR_NO_SUCH_INVITATION:
        case BO_ERR_NO_SUCH_LOCATION:
        case BO_ERR_NO_SUCH_TERMINAL:
        case BO_ERR_NO_SUCH_ACCOUNT_TYPE:
        case BO_ERR_NO_SUCH_APPROVAL:
        case BO_ERR_NO_SUCH_KEY:
                return EXIT_NO_SUCH;
        case BO_ERR_NAME_TAKEN:
        case BO_ERR_NAME_FOREIGN:
        case BO_ERR_CUSTOMER_EXISTS:
        case BO_ERR_LOCATION_EXISTS:
        case BO_ERR_KEY_EXISTS:
        case BO_ERR_TERMINAL_TAKEN:
        case BO_ERR_TOKEN_TAKEN:
        case BO_ERR_ADDRESS_LISTED:
        case BO_ERR_APPROVAL_DECIDED:
        case BO_ERR_OTP_ALREADY_ON:
        case BO_ERR_ROLES_CONFLICT:
        case BO_ERR_WRONG_STATE:
                return EXIT_CONFLICT;
        default:
                return EXIT_REFUSED;
        }
}
